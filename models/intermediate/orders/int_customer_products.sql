select
    customer_id,
    product_id,
    min(ordered_on) as first_bought_on
from {{ ref('int_order_lines') }}
where line_type = 'sale' and product_id is not null
group by customer_id, product_id
-- stored together, each customer's rows are summed up where they are
order by customer_id
