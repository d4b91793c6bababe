with

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

orders as (

    select
        *,
        -- a date without a time reads as midnight
        ordered_at != cast(ordered_on as timestamp) as has_time
    from {{ ref('int_orders') }}

),

line_days as (

    select
        customer_id,
        ordered_on as activity_date,
        count(case when line_type = 'sale' then 1 end) as sale_lines,
        sum(case when line_type = 'sale' then quantity else 0 end) as sale_quantity,
        sum(case when line_type = 'sale' then line_amount else 0 end) as sale_amount,
        sum(case when line_type = 'sale' then gross_amount else 0 end) as gross_amount,
        sum(case when line_type = 'sale' then gross_amount - line_amount else 0 end) as discount_amount,
        sum(case when line_type = 'return' then line_amount else refunded_amount end) as return_amount,
        sum(net_amount) as net_amount,
        count(case when is_outlier_quantity then 1 end) as outlier_lines
    from order_lines
    group by customer_id, ordered_on

),

order_days as (

    select
        customer_id,
        ordered_on as activity_date,
        count(*) as orders,
        count(case when {{ iso_weekday('ordered_at') }} >= 6 then 1 end) as weekend_orders,
        count(case when has_time then 1 end) as timed_orders,
        count(case when has_time and extract(hour from ordered_at) < 6 then 1 end) as night_orders,
        count(case when extract(hour from ordered_at) between 6 and 11 then 1 end) as morning_orders,
        count(case when extract(hour from ordered_at) between 12 and 17 then 1 end) as afternoon_orders,
        count(case when extract(hour from ordered_at) >= 18 then 1 end) as evening_orders
    from orders
    group by customer_id, ordered_on

),

order_gaps as (

    select
        *,
        {{ dbt.datediff(
            'lag(activity_date) over (partition by customer_id order by activity_date)', 'activity_date', 'day'
        ) }} as days_since_previous_order
    from order_days

)

select
    line_days.*,
    coalesce(order_gaps.orders, 0) as orders,
    coalesce(order_gaps.weekend_orders, 0) as weekend_orders,
    coalesce(order_gaps.timed_orders, 0) as timed_orders,
    coalesce(order_gaps.night_orders, 0) as night_orders,
    coalesce(order_gaps.morning_orders, 0) as morning_orders,
    coalesce(order_gaps.afternoon_orders, 0) as afternoon_orders,
    coalesce(order_gaps.evening_orders, 0) as evening_orders,
    order_gaps.days_since_previous_order
from line_days
left join order_gaps
    on
        line_days.customer_id = order_gaps.customer_id
        and line_days.activity_date = order_gaps.activity_date
-- stored together, each customer's rows are summed up where they are
order by line_days.customer_id
