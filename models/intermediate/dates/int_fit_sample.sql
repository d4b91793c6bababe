-- Whose past is looked at: customers in the order of a hash. Targets are learnt from the first of them, each
-- with all their observations, while these are fit_sample_rows at most. Targets and personas are judged on
-- the newest complete date by judged_customers: in most companies by everybody.

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
        <= {{ var('judged_customers') }} as is_for_judging
    from observed

)

select
    customer_id,
    is_for_targets,
    is_for_judging
from ranked
where is_for_targets or is_for_judging
