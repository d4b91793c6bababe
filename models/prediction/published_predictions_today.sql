-- What this build keeps of its predictions, to be judged when their horizon is over: the first of a target in
-- a calendar month, of so many customers (var outcome_customers). They come from the end of the hash's order,
-- whose beginning is learnt from.

with

current_build as (

    select as_of_date from {{ ref('current_build') }}

),

kept_this_month as (

    select outcomes.target
    from {{ ref('prediction_outcomes_before') }} as outcomes
    inner join current_build
        on
            {{ dbt.date_trunc('month', 'outcomes.as_of_date') }}
            = {{ dbt.date_trunc('month', 'current_build.as_of_date') }}

),

ranked as (

    select
        customer_id,
        row_number() over (
            order by {{ customer_hash('customer_id') }} desc, customer_id desc
        ) as place
    from {{ ref('observations') }}
    where is_as_of

)

select
    scores.target,
    current_build.as_of_date,
    scores.customer_id,
    scores.class,
    scores.probability
from {{ ref('customer_target_scores') }} as scores
inner join ranked
    on scores.customer_id = ranked.customer_id
cross join current_build
left join kept_this_month
    on scores.target = kept_this_month.target
where
    ranked.place <= {{ var('outcome_customers') }}
    and {{ is_future_target('scores.target') | indent(4) }}
    and kept_this_month.target is null
