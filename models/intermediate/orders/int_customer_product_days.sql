-- What each customer bought and returned of each product on each day, with the category that it is counted
-- under. Cancelled lines never happened; the product is null where lines name none.

with

lines as (

    select
        order_lines.customer_id,
        order_lines.product_id,
        coalesce(order_lines.product_category, product_categories.product_category) as product_category,
        order_lines.ordered_on as activity_date,
        order_lines.line_type,
        order_lines.quantity,
        order_lines.is_taken_back,
        order_lines.line_amount
    from {{ ref('int_order_lines') }} as order_lines
    left join {{ ref('product_categories') }} as product_categories
        on order_lines.product_id = product_categories.product_id
    where order_lines.line_type in ('sale', 'return')

)

select
    customer_id,
    product_id,
    product_category,
    activity_date,
    sum(case when line_type = 'sale' then line_amount else 0 end) as sale_amount,
    sum(case when line_type = 'sale' then quantity else 0 end) as sold_quantity,
    sum(case when line_type = 'return' or is_taken_back then quantity else 0 end) as returned_quantity
from lines
group by customer_id, product_id, product_category, activity_date
-- stored together, each customer's rows are summed up where they are
order by customer_id
