{# What the spellings of one category have in common: they differ in case, or in how a letter is composed. #}
{% macro spelling_key(text) -%}
    lower({{ composed(text) }})
{%- endmacro %}
