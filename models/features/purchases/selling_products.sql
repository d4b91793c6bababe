select
    dates.observation_date,
    purchases.product_id,
    count(distinct purchases.customer_id) as customers_30d
from {{ ref('observation_dates') }} as dates
inner join {{ ref('category_purchases') }} as purchases
    on
        dates.observation_date > purchases.activity_date
        and purchases.activity_date >= {{ add_days('dates.observation_date', -30) }}
group by dates.observation_date, purchases.product_id
