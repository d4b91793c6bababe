-- Does the customer place an order within the horizon after the observation date?

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('label_observations') }}

),

orders as (

    select * from {{ ref('int_orders') }}

)

select
    observations.customer_id,
    observations.observation_date,
    case when count(orders.order_key) > 0 then 'yes' else 'no' end as label
from observations
left join orders
    on
        observations.customer_id = orders.customer_id
        and observations.observation_date <= orders.ordered_on
        and orders.ordered_on < {{ add_days('observations.observation_date', var('horizon_days')) }}
group by observations.customer_id, observations.observation_date
