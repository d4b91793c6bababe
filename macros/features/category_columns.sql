{# A query for the column name of each product category that a customer bought or looked at: few, so that names
   are made once each and not once a row. Spellings that give one name are one category. #}
{% macro category_columns() -%}
    select
        product_category,
        {{ column_name('product_category') }} as category_column
    from (select distinct product_category from {{ ref('category_amounts') }}) as categories
{%- endmacro %}
