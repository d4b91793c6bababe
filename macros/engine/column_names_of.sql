{# A query for the names of a relation's columns, as the engine knows them when the query runs. #}
{% macro column_names_of(relation) -%}
    {{ return(adapter.dispatch('column_names_of', 'customer_personas')(relation)) }}
{%- endmacro %}

{% macro duckdb__column_names_of(relation) -%}
    select columns_of_relation.column_name
    from information_schema.columns as columns_of_relation
    where
        columns_of_relation.table_catalog = '{{ relation.database }}'
        and columns_of_relation.table_schema = '{{ relation.schema }}'
        and columns_of_relation.table_name = '{{ relation.identifier }}'
{%- endmacro %}
