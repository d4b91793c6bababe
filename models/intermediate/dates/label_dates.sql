-- Dates on which labels are looked up: those that are learnt from, and further back, so that each of them can
-- be held against the same season one year before.

{%- set step_days = var('observation_step_days') -%}
{%- set window_days = whole_steps(var('horizon_days')) -%}
{%- set year_days = whole_steps(364 - step_days // 2) -%}
{#- The grid reaches back as far as any record may, in whole steps from its epoch: no date of today moves. -#}
{%- set oldest = modules.datetime.date.fromisoformat(var('earliest_plausible_date') | string) -%}
{%- set days_back = [(modules.datetime.date(2000, 1, 1) - oldest).days, 0] | max %}

with

activity as (

    -- the dates of all accepted records of customers, as int_customers_known takes them for each customer
    select
        min(dated_at) as first_activity_at,
        max(dated_at) as last_activity_at
    from (
        select known_from as dated_at from {{ ref('int_customers_judged') }}
        where disposition in ('accepted', 'superseded')
        union all
        select plausible_signed_up_at as dated_at from {{ ref('int_customers_judged') }}
        where is_oldest
        {%- for entity, dated_at in [
            ('order_lines', 'ordered_at'), ('web_events', 'occurred_at'), ('feedback', 'submitted_at'),
            ('declared_needs', plausible_time('declared_at')),
        ] %}
        union all
        select {{ dated_at }} as dated_at from {{ ref('int_' ~ entity ~ '_judged') }}
        where disposition = 'accepted' and customer_id is not null
        {%- endfor %}
    ) as dated

),

orders as (

    -- Targets look at orders: sign-ups from before the first order record are no history to learn from, and
    -- a window is complete only where order records reach to its end, whatever else arrived since.
    {{ order_coverage() }}

),

as_of as (

    select
        cast(first_activity_at as date) as first_activity_on,
        cast(last_activity_at as date) as last_activity_on,
        coalesce(
            {{ as_of_date() }},
            {{ add_days('cast(last_activity_at as date)', 1) }},
            {{ build_date() }}
        ) as as_of_date
    from activity

),

checked as (

    select
        case
            when as_of_date <= first_activity_on
                then {{ raise_error(
                    "'as_of_date is ' || as_of_date || ', but the first record is dated ' || first_activity_on"
                    ~ " || ' (the last ' || last_activity_on || '): nothing is known before it. Give a later"
                    ~ " date, or leave as_of_date out for the day after the last record.'"
                ) }}
            when as_of_date > {{ add_days(latest_plausible_time(), 1) }}
                then {{ raise_error(
                    "'as_of_date is ' || as_of_date || ', which lies in the future: nothing can be known as of it."
                    ~ " Give today or an earlier date, or leave as_of_date out.'"
                ) }}
            else as_of_date
        end as as_of_date,
        first_activity_on
    from as_of

),

grid as (

    {{ dates_between(
        add_days("cast('2000-01-01' as date)", -whole_steps(days_back)),
        "(select as_of_date from checked)",
        var('observation_step_days')
    ) }}

),

complete as (

    select
        grid.grid_date,
        row_number() over (order by grid.grid_date desc) as newness
    from grid
    cross join checked
    cross join orders
    where
        {{ add_days('grid.grid_date', var('horizon_days')) }} <= checked.as_of_date
        and {{ add_days('grid.grid_date', var('horizon_days')) }}
        <= coalesce(orders.day_after_last_order, checked.as_of_date)
        and {{ add_days('grid.grid_date', -var('minimum_history_days')) }}
        >= coalesce(orders.first_order_on, checked.first_activity_on)

)

select
    grid_date as observation_date,
    false as is_as_of,
    newness <= {{ var('observation_dates_max') }} as is_observed,
    newness
from complete
where newness <= {{ var('observation_dates_max') + year_days // step_days + window_days // step_days }}
union all
select
    as_of_date as observation_date,
    true as is_as_of,
    true as is_observed,
    null as newness
from checked
