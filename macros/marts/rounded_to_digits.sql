{# A number to so many significant digits. #}
{% macro rounded_to_digits(value, digits) -%}
    case
        when {{ value }} = 0 then 0
        else round({{ value }}, {{ digits - 1 }} - cast(floor(log10(abs({{ value }}))) as integer))
    end
{%- endmacro %}
