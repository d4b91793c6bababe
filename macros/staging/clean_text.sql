{# A text without surrounding blanks; nothing at all becomes null. #}
{% macro clean_text(column) -%}
    nullif({{ trimmed(column) }}, '')
{%- endmacro %}
