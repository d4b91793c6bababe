-- What each customer bought and returned of each product on each day. Cancelled lines never happened.

with

order_lines as (

    select
        lines.customer_id,
        {{ product_key('lines') }} as product_id,
        lines.ordered_on,
        lines.line_type,
        lines.quantity
    from {{ ref('int_order_lines') }} as lines
    where lines.line_type in ('sale', 'return') and lines.product_id is not null

)

select
    customer_id,
    product_id,
    ordered_on,
    sum(case when line_type = 'sale' then quantity else 0 end) as sold_quantity,
    sum(case when line_type = 'return' then quantity else 0 end) as returned_quantity
from order_lines
group by customer_id, product_id, ordered_on
