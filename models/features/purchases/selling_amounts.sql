-- What each customer bought by category in the year before each observation date, as far as it still sells.
-- A purchase of a product counts the square root of its amount times the customers of the last 30 days, half
-- as much for every 180 days that have passed: what nobody buys any more brings nobody back.

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('observations') }}

),

product_days as (

    select
        customer_id,
        -- where lines name no product, the category stands for it
        coalesce(product_id, product_category) as product_id,
        product_category,
        activity_date,
        sale_amount
    from {{ ref('int_customer_product_days') }}
    where product_category is not null and sold_quantity > 0

),

selling as (

    select
        dates.observation_date,
        product_days.product_id,
        count(distinct product_days.customer_id) as customers_30d
    from {{ ref('observation_dates') }} as dates
    inner join product_days
        on
            dates.observation_date > product_days.activity_date
            and product_days.activity_date >= {{ add_days('dates.observation_date', -30) }}
    group by dates.observation_date, product_days.product_id

)

select
    observations.customer_id,
    observations.observation_date,
    product_days.product_category,
    -- exact numbers, so that the sum is the same in every run
    sum(cast(
        sqrt(product_days.sale_amount * selling.customers_30d)
        * power(
            0.5,
            {{ dbt.datediff('product_days.activity_date', 'observations.observation_date', 'day') }}
            / 180e0
        )
        as decimal(18, 8)
    )) as selling_amount
from observations
inner join product_days
    on
        observations.customer_id = product_days.customer_id
        and observations.observation_date > product_days.activity_date
        and product_days.activity_date >= {{ add_days('observations.observation_date', -365) }}
inner join selling
    on
        observations.observation_date = selling.observation_date
        and product_days.product_id = selling.product_id
group by observations.customer_id, observations.observation_date, product_days.product_category
