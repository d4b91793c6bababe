{# The top categories as parts of column names, in alphabetical order. They follow from the records, so they are asked
   for when a model runs; before they are built there are none. #}
{% macro top_category_columns() -%}
    {%- set relation = ref('top_categories') -%}
    {%- if not execute or load_relation(relation) is none -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found = run_query('select category_column from ' ~ relation ~ ' order by category_column') -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}
