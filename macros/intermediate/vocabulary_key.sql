{# What spellings of a status or an event have in common: Partially refunded, partially_refunded, PARTIALLY-REFUNDED. #}
{% macro vocabulary_key(text) -%}
    lower({{ replace_pattern(text, "'[ _./-]+'", "''") }})
{%- endmacro %}
