select
    customer_id,
    session_date as activity_date,
    count(*) as sessions,
    sum(duration_seconds) as duration_seconds,
    sum(page_views) as page_views,
    sum(product_views) as product_views,
    sum(searches) as searches,
    count(case when product_views > 0 then 1 end) as product_sessions,
    count(case when cart_additions > 0 then 1 end) as cart_sessions,
    count(case when device_type = 'mobile' then 1 end) as mobile_sessions,
    count(case when device_type = 'desktop' then 1 end) as desktop_sessions,
    count(case when device_type = 'tablet' then 1 end) as tablet_sessions
from {{ ref('int_web_sessions') }}
group by customer_id, session_date
-- stored together, each customer's rows are summed up where they are
order by customer_id
