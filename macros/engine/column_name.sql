{# A text as a column name: lower case, words joined by underscores, letters of every script kept. #}
{% macro column_name(text) -%}
    {{ return(adapter.dispatch('column_name', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__column_name(text) -%}
    trim(regexp_replace(lower({{ text }}), '[^\p{L}\p{N}]+', '_', 'g'), '_')
{%- endmacro %}
