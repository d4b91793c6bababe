-- How many customers showed each class on each date whose window is complete, beside what had been seen by
-- then. Those without a label are a class of their own, without a share: a target may be about some only.

{%- set window_days = whole_steps(var('horizon_days')) %}

with

dates as (

    select observation_date from {{ ref('label_dates') }}
    where not is_as_of

),

customers as (

    select
        customer_id,
        known_on
    from {{ ref('int_customers_known') }}

),

known as (

    select
        dates.observation_date,
        count(*) as customers,
        count(
            case when customers.known_on < {{ add_days('dates.observation_date', -window_days) }} then 1 end
        ) as known_before
    from dates
    inner join customers
        on dates.observation_date > customers.known_on
    group by dates.observation_date

),

labelled as (

    -- labels of other dates say what came of predictions, and nothing of a season
    select
        labels.target,
        labels.observation_date,
        labels.label,
        count(*) as customers,
        count(
            case when customers.known_on < {{ add_days('labels.observation_date', -window_days) }} then 1 end
        ) as known_before
    from {{ ref('target_labels') }} as labels
    inner join customers
        on labels.customer_id = customers.customer_id
    where
        labels.observation_date in (select dates.observation_date from dates)
        and {{ is_future_target('labels.target') | indent(4) }}
        -- campaigns have no season: what share answers is owed to what is sent to whom
        and not {{ is_response_target('labels.target') }}
    group by labels.target, labels.observation_date, labels.label

),

classes as (

    select distinct
        target,
        label
    from labelled

),

counted as (

    select
        classes.target,
        known.observation_date,
        classes.label,
        true as is_labelled,
        coalesce(labelled.customers, 0) as customers,
        coalesce(labelled.known_before, 0) as known_before
    from classes
    cross join known
    left join labelled
        on
            classes.target = labelled.target
            and classes.label = labelled.label
            and known.observation_date = labelled.observation_date

),

totals as (

    select
        target,
        observation_date,
        sum(customers) as customers,
        sum(known_before) as known_before
    from counted
    group by target, observation_date

),

with_others as (

    select * from counted
    union all
    select
        totals.target,
        totals.observation_date,
        '' as label,
        false as is_labelled,
        known.customers - totals.customers as customers,
        known.known_before - totals.known_before as known_before
    from totals
    inner join known
        on totals.observation_date = known.observation_date

),

shared as (

    select
        with_others.*,
        totals.customers as labelled_customers,
        case
            when with_others.is_labelled then {{ ratio('with_others.customers', 'totals.customers') }}
        end as share
    from with_others
    inner join totals
        on
            with_others.target = totals.target
            and with_others.observation_date = totals.observation_date

)

select
    target,
    observation_date,
    label,
    is_labelled,
    cast(customers as integer) as customers,
    cast(known_before as integer) as known_before,
    cast(labelled_customers as integer) as labelled_customers,
    share,
    min(share) over (
        partition by target, label, is_labelled order by observation_date
    ) as lowest_share,
    max(share) over (
        partition by target, label, is_labelled order by observation_date
    ) as highest_share
from shared
