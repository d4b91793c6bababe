-- What share of each class may be expected on a date, from labels that were complete on it.
-- The newest complete window is carried forward as the same window was carried forward one year before:
-- customers known before it by their own change, newcomers by the rate of the newcomers then.

{%- set window_days = whole_steps(var('horizon_days')) -%}
{%- set year_days = whole_steps(364 - var('observation_step_days') // 2) -%}
{%- set steady_customers = 10 %}

with

dates as (

    select observation_date from {{ ref('label_dates') }}

),

customers as (

    select
        customer_id,
        known_on
    from {{ ref('int_customers_known') }}

),

labels as (

    -- labels of other dates say what came of predictions, and nothing of a season
    select labels.*
    from {{ ref('target_labels') }} as labels
    where
        labels.observation_date in (select dates.observation_date from dates)
        and {{ is_future_target('labels.target') | indent(8) }}

),

counts as (

    select
        labels.target,
        labels.observation_date,
        labels.label,
        count(*) as customers,
        count(
            case when customers.known_on < {{ add_days('labels.observation_date', -window_days) }} then 1 end
        ) as known_before
    from labels
    inner join customers
        on labels.customer_id = customers.customer_id
    group by labels.target, labels.observation_date, labels.label

),

bases as (

    -- the newest window that was complete on the date
    select
        dates.observation_date,
        max(earlier.observation_date) as base_date
    from dates
    inner join dates as earlier
        on {{ add_days('earlier.observation_date', var('horizon_days')) }} <= dates.observation_date
    group by dates.observation_date

),

pairs as (

    select
        observation_date,
        base_date,
        {{ add_days('base_date', -year_days) }} as base_date_year_before,
        {{ add_days('base_date', window_days - year_days) }} as date_year_before
    from bases

),

newcomers as (

    select
        pairs.observation_date,
        count(case when customers.known_on >= pairs.base_date then 1 end) as newcomers,
        count(
            case
                when
                    customers.known_on >= pairs.base_date_year_before
                    and customers.known_on < pairs.date_year_before
                    then 1
            end
        ) as newcomers_year_before
    from pairs
    inner join customers
        on pairs.observation_date > customers.known_on
    group by pairs.observation_date

),

classes as (

    select distinct
        target,
        label
    from counts

),

beside as (

    select
        classes.target,
        classes.label,
        pairs.observation_date,
        coalesce(base.customers, 0) as customers,
        coalesce(base_year_before.customers, 0) as customers_year_before,
        coalesce(year_before.known_before, 0) as known_year_before,
        coalesce(year_before.customers - year_before.known_before, 0) as new_year_before,
        sum(coalesce(base.customers, 0)) over (
            partition by classes.target, pairs.observation_date
        ) as all_customers,
        sum(case when base_year_before.customers > 0 and year_before.customers > 0 then 1 else 0 end) over (
            partition by classes.target, pairs.observation_date
        ) > 0 as has_year_before
    from pairs
    cross join classes
    left join counts as base
        on
            classes.target = base.target
            and classes.label = base.label
            and pairs.base_date = base.observation_date
    left join counts as base_year_before
        on
            classes.target = base_year_before.target
            and classes.label = base_year_before.label
            and pairs.base_date_year_before = base_year_before.observation_date
    left join counts as year_before
        on
            classes.target = year_before.target
            and classes.label = year_before.label
            and pairs.date_year_before = year_before.observation_date

),

changes as (

    select
        beside.*,
        newcomers.newcomers,
        -- as if so many more customers of each class had stayed: few customers move little
        {{ ratio(
            'beside.known_year_before + ' ~ steady_customers,
            'beside.customers_year_before + ' ~ steady_customers
        ) }} as change,
        {{ ratio('beside.new_year_before', 'newcomers.newcomers_year_before') }} as newcomer_rate
    from beside
    inner join newcomers
        on beside.observation_date = newcomers.observation_date
    where beside.all_customers > 0

),

expected as (

    select
        target,
        observation_date,
        label,
        case when has_year_before then 'year_before' else 'latest_window' end as basis,
        -- exact numbers, so that their sum is the same in every run
        cast(
            case
                when has_year_before
                    then customers * change + coalesce(newcomers * newcomer_rate, 0)
                else customers
            end as decimal(18, 6)
        ) as expected_customers
    from changes

)

select
    target,
    observation_date,
    label,
    {{ ratio('expected_customers', 'sum(expected_customers) over (partition by target, observation_date)') }}
        as expected_share,
    basis
from expected
