-- Sessions end after 30 minutes without an event, and at midnight: so no session
-- straddles an observation date, and none of its figures can depend on what came after.

with

events as (

    select
        *,
        lag(occurred_at) over (
            partition by customer_id, occurred_on order by occurred_at, event_id
        ) as previous_event_at
    from {{ ref('int_web_events') }}

),

numbered as (

    select
        *,
        sum(
            case
                when
                    previous_event_at is null
                    or {{ dbt.datediff('previous_event_at', 'occurred_at', 'second') }}
                    > 30 * 60
                    then 1
                else 0
            end
        ) over (
            partition by customer_id, occurred_on
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as session_number
    from events

)

select
    customer_id,
    occurred_on as session_date,
    session_number,
    min(occurred_at) as started_at,
    {{ dbt.datediff('min(occurred_at)', 'max(occurred_at)', 'second') }}
        as duration_seconds,
    count(case when event_type in ('page_view', 'product_view') then 1 end) as page_views,
    count(case when event_type in ('product_view', 'product_detail') then 1 end) as product_views,
    count(case when event_type = 'search' then 1 end) as searches,
    count(case when event_type = 'add_to_cart' then 1 end) as cart_additions,
    -- one device per session; should a visitor switch, the alphabetically first stands for it
    min(device_type) as device_type
from numbered
group by customer_id, occurred_on, session_number
