{# One row for each struct of a list, its fields as columns. #}
{% macro struct_rows(list) -%}
    {{ return(adapter.dispatch('struct_rows', 'customer_personas')(list)) }}
{%- endmacro %}

{% macro duckdb__struct_rows(list) -%}
    unnest({{ list }}, recursive := true)
{%- endmacro %}
