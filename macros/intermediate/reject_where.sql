{# The first of a list of (reason, condition) that holds, as rejection_reason; null where none does. #}
{% macro reject_where(rules) -%}
    case
        {%- for reason, condition in rules %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}
