{# One row for each part of a comma-separated text. #}
{% macro split_to_rows(text) -%}
    {{ return(adapter.dispatch('split_to_rows', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__split_to_rows(text) -%}
    unnest(string_split({{ text }}, ','))
{%- endmacro %}
