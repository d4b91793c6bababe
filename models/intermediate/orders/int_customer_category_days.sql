-- What each customer bought and looked at on each day, by product category. A record that names none counts
-- under the category of its product.

with

product_categories as (

    select * from {{ ref('product_categories') }}

),

lines as (

    select
        order_lines.customer_id,
        coalesce(order_lines.product_category, product_categories.product_category) as product_category,
        order_lines.ordered_on,
        order_lines.line_amount
    from {{ ref('int_order_lines') }} as order_lines
    left join product_categories
        on order_lines.product_id = product_categories.product_id
    where order_lines.line_type = 'sale'

),

events as (

    select
        web_events.customer_id,
        coalesce(web_events.product_category, product_categories.product_category) as product_category,
        web_events.occurred_on
    from {{ ref('int_web_events') }} as web_events
    left join product_categories
        on
            web_events.product_id = product_categories.product_id
            -- a view must not tell that the product was sold later
            and web_events.occurred_on >= product_categories.first_sold_on

),

bought as (

    select
        customer_id,
        product_category,
        ordered_on as activity_date,
        sum(line_amount) as sale_amount,
        count(*) as sale_lines
    from lines
    where product_category is not null
    group by customer_id, product_category, ordered_on

),

viewed as (

    select
        customer_id,
        product_category,
        occurred_on as activity_date,
        count(*) as views
    from events
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
-- stored together, each customer's rows are summed up where they are
order by coalesce(bought.customer_id, viewed.customer_id)
