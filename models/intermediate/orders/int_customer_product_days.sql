-- What each customer bought of each product on each day, with the category that it is counted under.
-- Where lines name no product, the category stands for it.

with

lines as (

    select
        order_lines.customer_id,
        coalesce(
            {{ product_key('order_lines') }},
            order_lines.product_name,
            order_lines.product_category
        ) as product_id,
        coalesce(order_lines.product_category, product_categories.product_category) as product_category,
        order_lines.ordered_on,
        order_lines.line_amount
    from {{ ref('int_order_lines') }} as order_lines
    left join {{ ref('product_categories') }} as product_categories
        on coalesce(order_lines.product_id, order_lines.product_name) = product_categories.product_id
    where order_lines.line_type = 'sale'

)

select
    customer_id,
    product_id,
    product_category,
    ordered_on as activity_date,
    sum(line_amount) as sale_amount
from lines
where product_category is not null
group by customer_id, product_id, product_category, ordered_on
