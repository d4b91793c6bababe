{# One row for each struct of a list, its fields as columns. #}
{% macro unnest_rows(rows) -%}
    {{ return(adapter.dispatch('unnest_rows', 'customer_personas')(rows)) }}
{%- endmacro %}

{% macro duckdb__unnest_rows(rows) -%}
    unnest({{ rows }}, recursive := true)
{%- endmacro %}
