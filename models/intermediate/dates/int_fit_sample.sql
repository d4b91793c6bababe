-- Whom targets are learnt from: customers in the order of a hash, each with all their observations, while
-- these are fit_sample_rows at most. With few customers, all of them.

with

observed as (

    select
        customers.customer_id,
        count(*) as observations
    from {{ ref('int_customers_known') }} as customers
    inner join {{ ref('observation_dates') }} as dates
        on {{ is_observed_on('customers', 'dates') }}
    group by customers.customer_id

),

ranked as (

    select
        customer_id,
        sum(observations) over (
            order by {{ customer_hash('customer_id') }}, customer_id
            rows between unbounded preceding and current row
        ) as observations_so_far
    from observed

)

select customer_id
from ranked
where observations_so_far <= {{ var('fit_sample_rows') }}
