-- Dates whose predictions were published, are not judged yet, and can be by now: the horizon is over, and
-- order records reach to its end, as for the dates that are learnt from.

with

published as (

    select distinct
        as_of_date,
        horizon_end
    from {{ ref('stg_state__prediction_outcomes') }}
    where judged_on is null

),

as_of as (

    select observation_date as as_of_date from {{ ref('label_dates') }}
    where is_as_of

),

orders as (

    {{ order_coverage() }}

)

select
    published.as_of_date as observation_date,
    -- with another horizon than today's, no label says what happened
    published.horizon_end = {{ add_days('published.as_of_date', var('horizon_days')) }} as is_labelled
from published
cross join as_of
cross join orders
where
    published.horizon_end <= as_of.as_of_date
    and published.horizon_end <= coalesce(orders.day_after_last_order, as_of.as_of_date)
