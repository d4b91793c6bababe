{# One row for each object of a JSON list, its fields as columns: fields is a dict of name and type. #}
{% macro json_rows(json, fields) -%}
    {{ return(adapter.dispatch('json_rows', 'customer_personas')(json, fields)) }}
{%- endmacro %}

{% macro duckdb__json_rows(json, fields) -%}
    unnest(json_transform({{ json }}, '{{ tojson([fields]) }}'), recursive := true)
{%- endmacro %}
