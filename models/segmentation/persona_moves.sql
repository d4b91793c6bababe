-- How many moved from which persona to which, month by month, every count. The members of the first day of a
-- month are compared with those of the first day of the next, or of as_of_date for the month not over yet.

with

memberships as (

    select
        customer_id,
        persona_id,
        as_of_date as valid_from,
        next_change_on as valid_to
    from {{ ref('persona_change_log') }}
    -- a null persona ends a stay, it is none
    where persona_id is not null

),

as_of as (

    select as_of_date from {{ ref('current_build') }}

),

months as (

    {{ months_between(
        '(select min(valid_from) from memberships)', '(select as_of_date from as_of)'
    ) }}

),

periods as (

    select
        months.month_start as period_start,
        case
            when months.next_month_start > as_of.as_of_date then as_of.as_of_date
            else months.next_month_start
        end as period_end
    from months
    cross join as_of
    where months.month_start < as_of.as_of_date

),

starts as (

    select
        periods.period_start,
        memberships.customer_id,
        memberships.persona_id
    from periods
    inner join memberships
        on
            periods.period_start >= memberships.valid_from
            and coalesce(periods.period_start < memberships.valid_to, true)

),

ends as (

    select
        periods.period_start,
        memberships.customer_id,
        memberships.persona_id
    from periods
    inner join memberships
        on
            periods.period_end >= memberships.valid_from
            and coalesce(periods.period_end < memberships.valid_to, true)

),

moves as (

    select
        coalesce(starts.period_start, ends.period_start) as period_start,
        coalesce(starts.customer_id, ends.customer_id) as customer_id,
        starts.persona_id as from_persona_id,
        ends.persona_id as to_persona_id
    from starts
    full outer join ends
        on starts.customer_id = ends.customer_id and starts.period_start = ends.period_start

),

revenue as (

    select
        periods.period_start,
        days.customer_id,
        sum(days.net_amount) as net_amount
    from {{ ref('int_customer_order_days') }} as days
    inner join periods
        on days.activity_date >= periods.period_start and days.activity_date < periods.period_end
    group by periods.period_start, days.customer_id

)

select
    periods.period_start,
    periods.period_end,
    moves.from_persona_id,
    moves.to_persona_id,
    cast(count(*) as integer) as customer_count,
    cast(sum(revenue.net_amount) as decimal(18, 2)) as revenue
from moves
inner join periods
    on moves.period_start = periods.period_start
left join revenue
    on moves.period_start = revenue.period_start and moves.customer_id = revenue.customer_id
group by
    periods.period_start,
    periods.period_end,
    moves.from_persona_id,
    moves.to_persona_id
