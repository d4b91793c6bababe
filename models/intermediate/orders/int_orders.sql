-- Completed orders: an order is placed when its first sale line is.

select
    order_key,
    customer_id,
    min(ordered_at) as ordered_at,
    cast(min(ordered_at) as date) as ordered_on
from {{ ref('int_order_lines') }}
where line_type = 'sale'
group by order_key, customer_id
