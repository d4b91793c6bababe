{# What spellings of a status or an event have in common: Partially refunded, partially_refunded, PARTIALLY-REFUNDED. #}
{% macro vocabulary_key(text) -%}
    {{ replace_pattern(spelling_key(text), "'[ _./-]+'", "''") }}
{%- endmacro %}
