-- How many customers bought each product before each date. A product that nobody bought in the last 180 days
-- has probably been discontinued: it has no row, and so nobody is recommended it.

with

counted as (

    select
        dates.observation_date,
        product_days.product_id,
        count(distinct product_days.customer_id) as customers_ever,
        count(distinct case
            when product_days.activity_date >= {{ add_days('dates.observation_date', -30) }}
                then product_days.customer_id
        end) as customers_30d,
        count(distinct case
            when product_days.activity_date >= {{ add_days('dates.observation_date', -90) }}
                then product_days.customer_id
        end) as customers_90d,
        count(distinct case
            when
                product_days.activity_date >= {{ add_days('dates.observation_date', -364) }}
                and product_days.activity_date
                < {{ add_days('dates.observation_date', var('horizon_days') - 364) }}
                then product_days.customer_id
        end) as customers_same_window_last_year,
        count(distinct case
            when
                product_days.activity_date >= {{ add_days('dates.observation_date', -394) }}
                and product_days.activity_date < {{ add_days('dates.observation_date', -364) }}
                then product_days.customer_id
        end) as customers_30d_last_year,
        max(product_days.activity_date) as last_bought_on
    from {{ ref('int_customer_product_days') }} as product_days
    inner join {{ ref('recommendation_dates') }} as dates
        on product_days.activity_date < dates.observation_date
    where product_days.sold_quantity > 0 and product_days.product_id is not null
    group by dates.observation_date, product_days.product_id

)

select
    observation_date,
    product_id,
    customers_ever,
    customers_30d,
    customers_90d,
    customers_same_window_last_year,
    customers_30d_last_year,
    -- the season: those of the last 30 days, and how many more or fewer came after this day a year ago
    greatest(
        customers_30d
        + cast(customers_same_window_last_year * 30e0 / {{ var('horizon_days') }} as decimal(18, 3))
        - customers_30d_last_year,
        0
    ) as expected_customers_30d
from counted
where last_bought_on >= {{ add_days('observation_date', -180) }}
