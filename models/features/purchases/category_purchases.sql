-- What each customer bought of each product on each day, as far as it is counted under a category. Where
-- lines name no product, the category stands for it.

{{ config(materialized='view') }}

select
    customer_id,
    coalesce(product_id, product_category) as product_id,
    product_category,
    activity_date,
    sale_amount
from {{ ref('int_customer_product_days') }}
where product_category is not null and sold_quantity > 0
