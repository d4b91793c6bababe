-- By how much buying changed within the last days before each date: the odds of the newest third of a window
-- over those of the mean of its thirds, among the customers known before all three.

{{ config(materialized='ephemeral') }}

{%- set third_days = [var('horizon_days') // 3, 1] | max %}

with

orders as (

    select
        customer_id,
        ordered_on
    from {{ ref('int_orders') }}

),

customers as (

    select
        customer_id,
        known_on
    from {{ ref('int_customers_known') }}

),

last_order as (

    select {{ add_days('max(ordered_on)', 1) }} as day_after from orders

),

ends as (

    -- orders may end before the date
    select
        dates.observation_date,
        case
            when dates.observation_date > last_order.day_after then last_order.day_after
            else dates.observation_date
        end as end_date
    from {{ ref('label_dates') }} as dates
    cross join last_order

),

thirds as (

    select
        observation_date,
        end_date,
        {{ add_days('end_date', -third_days) }} as newest_from,
        {{ add_days('end_date', -2 * third_days) }} as middle_from,
        {{ add_days('end_date', -3 * third_days) }} as oldest_from
    from ends

),

buyers as (

    select
        thirds.observation_date,
        orders.customer_id,
        max(case when orders.ordered_on >= thirds.newest_from then 1 else 0 end) as is_of_newest,
        max(case when orders.ordered_on < thirds.middle_from then 1 else 0 end) as is_of_oldest,
        max(
            case
                when orders.ordered_on >= thirds.middle_from and orders.ordered_on < thirds.newest_from then 1
                else 0
            end
        ) as is_of_middle
    from thirds
    inner join orders
        on
            thirds.oldest_from <= orders.ordered_on
            and thirds.end_date > orders.ordered_on
    inner join customers
        on
            orders.customer_id = customers.customer_id
            and thirds.oldest_from > customers.known_on
    group by thirds.observation_date, orders.customer_id

),

bought as (

    select
        observation_date,
        sum(is_of_newest) as newest,
        cast(sum(is_of_newest + is_of_middle + is_of_oldest) as double) / 3 as mean
    from buyers
    group by observation_date

),

known as (

    select
        thirds.observation_date,
        count(*) as customers
    from thirds
    inner join customers
        on thirds.oldest_from > customers.known_on
    group by thirds.observation_date

)

-- half a customer more on each side, so that no odds are zero
select
    known.observation_date,
    (coalesce(bought.newest, 0) + 0.5e0) / (known.customers - coalesce(bought.newest, 0) + 0.5e0)
    / (
        (coalesce(bought.mean, 0) + 0.5e0) / (known.customers - coalesce(bought.mean, 0) + 0.5e0)
    ) as odds_ratio
from known
left join bought
    on known.observation_date = bought.observation_date
