{# One row for each text of a JSON list. #}
{% macro json_texts(json) -%}
    {{ return(adapter.dispatch('json_texts', 'customer_personas')(json)) }}
{%- endmacro %}

{% macro duckdb__json_texts(json) -%}
    unnest(json_transform({{ json }}, '["varchar"]'))
{%- endmacro %}
