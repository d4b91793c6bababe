{# One row for each part of a text that has a separator between them. #}
{% macro split_to_rows(text, separator=',') -%}
    {{ return(adapter.dispatch('split_to_rows', 'customer_personas')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__split_to_rows(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}
