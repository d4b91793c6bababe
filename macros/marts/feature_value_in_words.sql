{# A customer's value of a feature as a person would write it; `number` is the value as a number. #}
{% macro feature_value_in_words(value, value_type, number, unit) -%}
    case
        when {{ value }} is null then 'unknown'
        when {{ value_type }} = 'category' then {{ value }}
        when {{ value_type }} = 'boolean' and {{ value }} = 'true' then 'yes'
        when {{ value_type }} = 'boolean' then 'no'
        else {{ figure_in_words(number, unit) }}
    end
{%- endmacro %}
