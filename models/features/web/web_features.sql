with

observations as (

    select * from {{ ref('observations') }}

),

web_days as (

    select * from {{ ref('int_customer_web_days') }}

),

order_days as (

    select * from {{ ref('int_customer_order_days') }}

),

totals as (

    select
        observations.customer_id,
        observations.observation_date,
        max(web_days.activity_date) as last_visit_on,
        sum(web_days.sessions) as sessions,
        {{ sum_in_window('web_days.sessions', 'web_days.activity_date', 30) }} as sessions_30d,
        {{ sum_in_window('web_days.sessions', 'web_days.activity_date', 90) }} as sessions_90d,
        {{ sum_in_window('web_days.sessions', 'web_days.activity_date', 365) }} as sessions_365d,
        count(case when {{ in_window('web_days.activity_date', 90) }} then 1 end) as web_active_days_90d,
        {{ sum_in_window('web_days.page_views', 'web_days.activity_date', 90) }} as page_views_90d,
        {{ sum_in_window('web_days.product_views', 'web_days.activity_date', 90) }} as product_views_90d,
        {{ sum_in_window('web_days.product_sessions', 'web_days.activity_date', 365) }}
            as product_sessions_365d,
        sum(web_days.page_views) as page_views,
        sum(web_days.duration_seconds) as duration_seconds,
        sum(web_days.cart_sessions) as cart_sessions,
        sum(web_days.searches) as searches,
        sum(web_days.mobile_sessions) as mobile_sessions,
        sum(web_days.desktop_sessions) as desktop_sessions,
        sum(web_days.tablet_sessions) as tablet_sessions
    from observations
    inner join web_days
        on
            observations.customer_id = web_days.customer_id
            and observations.observation_date > web_days.activity_date
    group by observations.customer_id, observations.observation_date

),

recent_orders as (

    select
        observations.customer_id,
        observations.observation_date,
        sum(order_days.orders) as orders_365d
    from observations
    inner join order_days
        on
            observations.customer_id = order_days.customer_id
            and observations.observation_date > order_days.activity_date
            and {{ in_window('order_days.activity_date', 365) }}
    group by observations.customer_id, observations.observation_date

)

select
    observations.customer_id,
    observations.observation_date,
    {{ dbt.datediff('totals.last_visit_on', 'observations.observation_date', 'day') }}
        as days_since_last_visit,
    {%- for amount in [
        'sessions_30d', 'sessions_90d', 'sessions_365d',
        'web_active_days_90d', 'page_views_90d', 'product_views_90d',
    ] %}
    {{ zero_where_provided('web_events', 'totals.' ~ amount) }} as {{ amount }},
    {%- endfor %}
    {{ ratio('totals.duration_seconds', '60 * totals.sessions') }} as session_minutes_mean,
    {{ ratio('totals.page_views', 'totals.sessions') }} as pages_per_session,
    {{ ratio('totals.cart_sessions', 'totals.sessions') }} as cart_rate,
    {{ ratio('totals.searches', 'totals.sessions') }} as search_rate,
    {{ ratio(
        zero_where_provided('order_lines', 'recent_orders.orders_365d'), 'totals.product_sessions_365d'
    ) }} as view_to_order_rate,
    {{ ratio('totals.mobile_sessions', 'totals.sessions') }} as mobile_share,
    {{ ratio('totals.desktop_sessions', 'totals.sessions') }} as desktop_share,
    {{ ratio('totals.tablet_sessions', 'totals.sessions') }} as tablet_share
from observations
left join totals
    on
        observations.customer_id = totals.customer_id
        and observations.observation_date = totals.observation_date
left join recent_orders
    on
        observations.customer_id = recent_orders.customer_id
        and observations.observation_date = recent_orders.observation_date
