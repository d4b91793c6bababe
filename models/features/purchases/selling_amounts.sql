-- What each customer bought by category in the year before each observation date, as far as it still sells:
-- what nobody buys any more brings nobody back.

with

{{ selling_products() }}

select
    observations.customer_id,
    observations.observation_date,
    purchases.product_category,
    sum({{ selling_amount('purchases', 'selling') }}) as selling_amount
from {{ ref('observations') }} as observations
inner join purchases
    on
        observations.customer_id = purchases.customer_id
        and observations.observation_date > purchases.activity_date
        and purchases.activity_date >= {{ add_days('observations.observation_date', -365) }}
inner join selling
    on
        observations.observation_date = selling.observation_date
        and purchases.product_id = selling.product_id
group by observations.customer_id, observations.observation_date, purchases.product_category
