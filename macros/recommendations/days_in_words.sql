{# A number of days as a person would write it: 1 day, 35 days. #}
{% macro days_in_words(days) -%}
    case when {{ days }} = 1 then '1 day' else cast({{ days }} as varchar) || ' days' end
{%- endmacro %}
