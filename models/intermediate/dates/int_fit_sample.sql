-- Whose past is looked at: customers in the order of a hash. Targets are learnt from the first of them, each
-- with all their observations, while these are fit_sample_rows at most. Personas are judged on the newest
-- complete date by fit_sample_customers of those who have something to be grouped by: five times as many are
-- asked, since many may have nothing. With few customers, all of them.

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
        ) <= {{ var('fit_sample_rows') }} as is_for_targets,
        row_number() over (order by {{ customer_hash('customer_id') }}, customer_id)
        <= {{ 5 * var('fit_sample_customers') }} as is_for_personas
    from observed

)

select
    customer_id,
    is_for_targets,
    is_for_personas
from ranked
where is_for_targets or is_for_personas
