-- What recommendations are judged by: products bought within the horizon from a judged date on, and not
-- returned within it, by customers known before. Of many buyers, a sample is enough to judge by.

{%- set judged_customers = 20000 %}

with

bought as (

    select
        dates.observation_date,
        product_days.customer_id,
        product_days.product_id
    from {{ ref('int_customer_product_days') }} as product_days
    inner join {{ ref('recommendation_dates') }} as dates
        on
            product_days.activity_date >= dates.observation_date
            and product_days.activity_date < {{ add_days('dates.observation_date', var('horizon_days')) }}
            and not dates.is_as_of
    where product_days.product_id is not null
    group by dates.observation_date, product_days.customer_id, product_days.product_id
    having sum(product_days.sold_quantity) > sum(product_days.returned_quantity)

),

compared as (

    select
        bought.observation_date,
        bought.customer_id,
        bought.product_id,
        before.product_id is null as is_new
    from bought
    inner join {{ ref('int_customers_known') }} as customers
        on
            bought.customer_id = customers.customer_id
            and bought.observation_date > customers.known_on
    left join {{ ref('products_bought_before') }} as before
        on
            bought.observation_date = before.observation_date
            and bought.customer_id = before.customer_id
            and bought.product_id = before.product_id
    -- what all came back earlier is neither new nor a repeat
    where before.product_id is null or before.is_kept

),

numbered as (

    select
        *,
        dense_rank() over (
            partition by observation_date order by {{ customer_hash('customer_id') }}, customer_id
        ) as customer_place
    from compared

)

select
    observation_date,
    customer_id,
    product_id,
    case when is_new then 'discover' else 'buy_again' end as kind,
    buyers
from (
    select
        *,
        max(customer_place) over (partition by observation_date) as buyers
    from numbered
) as counted
where customer_place <= {{ judged_customers }}
