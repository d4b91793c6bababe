-- What share of each class four methods expect on each date, from what was known on it.
-- latest_window: as in the newest complete window. last_year: as in the same window one year before.
-- recent_trend: who buys as in the newest complete window, moved by half of the change of the last days, and
-- only where there is no year before.
-- year_before: the newest complete window carried forward as it was one year before. Customers known then
-- change class by class, in log shares, which for two classes is a change of the log-odds; newcomers have the
-- rate of the newcomers then. A change is shrunk by how uncertain it is, and nothing is expected outside of
-- what was ever seen by then but for a margin.

{%- set window_days = whole_steps(var('horizon_days')) -%}
{%- set year_days = whole_steps(364 - var('observation_step_days') // 2) -%}
{#- The odds may leave what was seen by so much (a tenth, about); where there is no year before, the windows
    that were seen are few and say less of what can be. -#}
{%- set margin = 'exp(0.1e0)' -%}
{%- set margin_of_trend = 'exp(0.25e0)' -%}
{#- So much of the change of the last days (of its logarithm) is believed. -#}
{%- set trend_believed = '0.5e0' -%}
{#- Variances of the logarithm of a share: of its change from window to window (half as much again or a third
    less is usual), and of what one year's change differs from the next one's by. -#}
{%- set variance_of_changes = '0.25e0' -%}
{%- set variance_between_years = '0.04e0' -%}
{#- The newcomers of a year ago are as if joined by so many who were like the others. -#}
{%- set like_others = '20e0' %}

with

dates as (

    select observation_date from {{ ref('label_dates') }}

),

shares as (

    select * from {{ ref('class_shares') }}

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
        count(*) as newcomers
    from pairs
    inner join {{ ref('int_customers_known') }} as customers
        on
            pairs.base_date <= customers.known_on
            and pairs.observation_date > customers.known_on
    group by pairs.observation_date

),

beside as (

    select
        base.target,
        pairs.observation_date,
        pairs.base_date,
        pairs.date_year_before,
        base.label,
        base.is_labelled,
        base.share,
        base.lowest_share,
        base.highest_share,
        year_before.share as share_year_before,
        cast(base.customers as double) as customers,
        cast(base_year_before.customers as double) as customers_then,
        cast(year_before.known_before as double) as known_later,
        cast(year_before.customers - year_before.known_before as double) as new_later,
        cast(coalesce(newcomers.newcomers, 0) as double) as newcomers,
        base_year_before.labelled_customers > 0
        and year_before.labelled_customers > 0 as has_year_before
    from pairs
    inner join shares as base
        on pairs.base_date = base.observation_date
    left join shares as base_year_before
        on
            pairs.base_date_year_before = base_year_before.observation_date
            and base.target = base_year_before.target
            and base.label = base_year_before.label
            and base.is_labelled = base_year_before.is_labelled
    left join shares as year_before
        on
            pairs.date_year_before = year_before.observation_date
            and base.target = year_before.target
            and base.label = year_before.label
            and base.is_labelled = year_before.is_labelled
    left join newcomers
        on pairs.observation_date = newcomers.observation_date
    where base.labelled_customers > 0

),

totals as (

    -- counts, whose sums are exact
    select
        *,
        sum(customers) over (partition by target, observation_date) as all_customers,
        sum(customers_then) over (partition by target, observation_date) as all_then,
        sum(known_later) over (partition by target, observation_date) as all_later,
        sum(new_later) over (partition by target, observation_date) as all_new_later
    from beside
    where has_year_before

),

pooled as (

    select
        *,
        (customers + customers_then + known_later) / (all_customers + all_then + all_later) as pooled_share
    from totals

),

moved as (

    -- one more customer with the classes of all three windows, so that no share is zero but where all are
    select
        *,
        case
            when pooled_share > 0
                then
                    (customers + pooled_share) * exp(
                        {{ variance_of_changes }} / (
                            {{ variance_of_changes }} + {{ variance_between_years }}
                            + 1 / (customers_then + 0.5e0) + 1 / (known_later + 0.5e0)
                        ) * ln(
                            (known_later + pooled_share) / (all_later + 1)
                            / ((customers_then + pooled_share) / (all_then + 1))
                        )
                    )
            else 0
        end as weight
    from pooled

),

known as (

    -- exact numbers, so that their sums are the same in every run
    select
        *,
        {{ ratio(
            'cast(weight as decimal(28, 10))',
            'sum(cast(weight as decimal(28, 10))) over (partition by target, observation_date)'
        ) }} as known_share
    from moved

),

rates as (

    select
        *,
        cast(
            (
                all_customers * known_share
                + newcomers
                * (new_later + {{ like_others }} * known_share) / (all_new_later + {{ like_others }})
            ) as decimal(28, 10)
        ) as expected_customers
    from known

),

expected as (

    select
        *,
        {{ ratio(
            'expected_customers',
            'sum(expected_customers) over (partition by target, observation_date)'
        ) }} as unbounded_share,
        {{ odds_times('lowest_share', '(1 / ' ~ margin ~ ')') }} as lowest_bound,
        {{ odds_times('highest_share', margin) }} as highest_bound
    from rates
    where is_labelled

),

cut as (

    select
        *,
        case
            when unbounded_share < lowest_bound then lowest_bound
            when unbounded_share > highest_bound then highest_bound
            else unbounded_share
        end as cut_share
    from expected

),

room as (

    select
        *,
        1 - cast(sum(cast(cut_share as decimal(28, 14))) over same_date as double) as missing,
        cast(sum(cast(highest_bound - cut_share as decimal(28, 14))) over same_date as double) as room_above,
        cast(sum(cast(cut_share - lowest_bound as decimal(28, 14))) over same_date as double) as room_below
    from cut
    window same_date as (partition by target, observation_date)

),

carried as (

    -- what was cut off goes to the others by the room that they have: the bounds hold, and the sum is 1
    select
        *,
        case
            when missing > 0 and room_above > 0
                then cut_share + missing * (highest_bound - cut_share) / room_above
            when missing < 0 and room_below > 0
                then cut_share + missing * (cut_share - lowest_bound) / room_below
            else cut_share
        end as expected_share
    from room

),

trended as (

    -- who buys and who does not are two classes: what one gains the other loses, and so their bounds
    select
        *,
        {{ odds_times('share', 'factor') }} as unbounded_share,
        {{ odds_times('lowest_share', '(1 / ' ~ margin_of_trend ~ ')') }} as lowest_bound,
        {{ odds_times('highest_share', margin_of_trend) }} as highest_bound
    from (
        select
            beside.*,
            case
                when beside.label = 'yes' then power(trends.odds_ratio, {{ trend_believed }})
                else power(trends.odds_ratio, -{{ trend_believed }})
            end as factor
        from beside
        inner join {{ ref('recent_trends') }} as trends
            on beside.observation_date = trends.observation_date
        where
            beside.target = 'will_purchase'
            and beside.is_labelled
            and not coalesce(beside.has_year_before, false)
    ) as moved_by

)

select
    target,
    observation_date,
    label,
    'latest_window' as method,
    share as expected_share,
    lowest_share,
    highest_share,
    base_date as known_by,
    base_date as repeats
from beside
where is_labelled
union all
select
    target,
    observation_date,
    label,
    'last_year' as method,
    share_year_before as expected_share,
    lowest_share,
    highest_share,
    base_date as known_by,
    date_year_before as repeats
from beside
where is_labelled and share_year_before is not null
union all
select
    target,
    observation_date,
    label,
    'year_before' as method,
    expected_share,
    lowest_share,
    highest_share,
    base_date as known_by,
    cast(null as date) as repeats
from carried
union all
select
    target,
    observation_date,
    label,
    'recent_trend' as method,
    case
        when unbounded_share < lowest_bound then lowest_bound
        when unbounded_share > highest_bound then highest_bound
        else unbounded_share
    end as expected_share,
    lowest_share,
    highest_share,
    base_date as known_by,
    base_date as repeats
from trended
