{# The body of a model with one column per top category: its share of an amount of category_amounts.
   Nothing at all is unknown (no row); nothing in one category is zero. #}
{% macro shares_by_category(amount, prefix) %}
with

by_column as (

    -- spellings that give one column are one category
    select
        customer_id,
        observation_date,
        {{ column_name('product_category') }} as category_column,
        sum({{ amount }}) as amount
    from {{ ref('category_amounts') }}
    group by customer_id, observation_date, {{ column_name('product_category') }}

),

shares as (

    select
        customer_id,
        observation_date,
        category_column,
        {{ ratio('amount', 'sum(amount) over (partition by customer_id, observation_date)') }} as share
    from by_column

),

named as (

    select
        shares.customer_id,
        shares.observation_date,
        '{{ prefix }}' || top_categories.category_column as feature_name,
        shares.share
    from shares
    inner join {{ ref('top_categories') }} as top_categories
        on shares.category_column = top_categories.category_column
    where shares.share is not null

)

{{ pivot_wider('named', 'feature_name', 'coalesce(max(share), 0)', ['customer_id', 'observation_date']) }}
{% endmacro %}
