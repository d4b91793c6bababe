-- Completed orders: an order is placed when its first sale line is. What a customer buys on another day
-- under the same number is another order: tills and years begin again with number one.

select
    order_key,
    customer_id,
    min(ordered_at) as ordered_at,
    ordered_on
from {{ ref('int_order_lines') }}
where line_type = 'sale'
group by order_key, customer_id, ordered_on
