{# Any text as an SQL literal. #}
{% macro text_literal(text) -%}
    {{ return(dbt.string_literal(dbt.escape_single_quotes(text | string))) }}
{%- endmacro %}
