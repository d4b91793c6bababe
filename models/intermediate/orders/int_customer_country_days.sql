-- The days on which a customer's orders named each country.

select distinct
    customer_id,
    country,
    ordered_on
from {{ ref('int_order_lines') }}
where line_type = 'sale' and country is not null
