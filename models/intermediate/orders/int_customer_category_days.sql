-- What each customer bought and looked at on each day, by product category.

with

bought as (

    select
        customer_id,
        product_category,
        ordered_on as activity_date,
        sum(line_amount) as sale_amount,
        count(*) as sale_lines
    from {{ ref('int_order_lines') }}
    where line_type = 'sale' and product_category is not null
    group by customer_id, product_category, ordered_on

),

viewed as (

    select
        customer_id,
        product_category,
        occurred_on as activity_date,
        count(*) as views
    from {{ ref('int_web_events') }}
    where product_category is not null
    group by customer_id, product_category, occurred_on

)

select
    coalesce(bought.customer_id, viewed.customer_id) as customer_id,
    coalesce(bought.product_category, viewed.product_category) as product_category,
    coalesce(bought.activity_date, viewed.activity_date) as activity_date,
    coalesce(bought.sale_amount, 0) as sale_amount,
    coalesce(bought.sale_lines, 0) as sale_lines,
    coalesce(viewed.views, 0) as views
from bought
full outer join viewed
    on
        bought.customer_id = viewed.customer_id
        and bought.product_category = viewed.product_category
        and bought.activity_date = viewed.activity_date
