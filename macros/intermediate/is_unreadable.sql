{# Whether the record held a text in this column that could not be read as the column's type. #}
{% macro is_unreadable(column) -%}
    coalesce(',' || unreadable_columns || ',' like '%,{{ column }},%', false)
{%- endmacro %}
