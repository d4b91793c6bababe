{# The first two CTEs of a query about what still sells.
   purchases: what each customer bought of each product on each day, under a category; where lines name no product,
   the category stands for it. selling: the products bought in the 30 days before each observation date. #}
{% macro selling_products() -%}
purchases as (

    select
        customer_id,
        coalesce(product_id, product_category) as product_id,
        product_category,
        activity_date,
        sale_amount
    from {{ ref('int_customer_product_days') }}
    where product_category is not null and sold_quantity > 0

),

selling as (

    select
        dates.observation_date,
        purchases.product_id,
        count(distinct purchases.customer_id) as customers_30d
    from {{ ref('observation_dates') }} as dates
    inner join purchases
        on
            dates.observation_date > purchases.activity_date
            and purchases.activity_date >= {{ add_days('dates.observation_date', -30) }}
    group by dates.observation_date, purchases.product_id

)
{%- endmacro %}
