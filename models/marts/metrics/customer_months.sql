-- What each customer did in each month in which they ordered, returned something or rated, before as_of_date.

with

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

order_months as (

    select
        days.customer_id,
        cast({{ dbt.date_trunc('month', 'days.activity_date') }} as date) as month_start,
        min(case when days.orders > 0 then days.activity_date end) as first_order_on,
        sum(days.orders) as orders,
        sum(days.sale_amount) as sales,
        sum(days.net_amount) as revenue
    from {{ ref('int_customer_order_days') }} as days
    inner join as_of
        on days.activity_date < as_of.as_of_date
    group by days.customer_id, cast({{ dbt.date_trunc('month', 'days.activity_date') }} as date)

),

feedback_months as (

    select
        days.customer_id,
        cast({{ dbt.date_trunc('month', 'days.activity_date') }} as date) as month_start,
        sum(days.ratings) as ratings,
        sum(days.satisfaction_total) as satisfaction_total
    from {{ ref('int_customer_feedback_days') }} as days
    inner join as_of
        on days.activity_date < as_of.as_of_date
    where days.ratings > 0
    group by days.customer_id, cast({{ dbt.date_trunc('month', 'days.activity_date') }} as date)

),

months as (

    select
        coalesce(order_months.customer_id, feedback_months.customer_id) as customer_id,
        coalesce(order_months.month_start, feedback_months.month_start) as month_start,
        order_months.first_order_on,
        {{ zero_where_provided('order_lines', 'order_months.orders', 'integer') }} as orders,
        {{ zero_where_provided('order_lines', 'order_months.sales', 'decimal(18, 2)') }} as sales,
        {{ zero_where_provided('order_lines', 'order_months.revenue', 'decimal(18, 2)') }} as revenue,
        {{ zero_where_provided('feedback', 'feedback_months.ratings', 'integer') }} as ratings,
        {{ zero_where_provided('feedback', 'feedback_months.satisfaction_total', 'decimal(18, 4)') }}
            as satisfaction_total
    from order_months
    full outer join feedback_months
        on
            order_months.customer_id = feedback_months.customer_id
            and order_months.month_start = feedback_months.month_start

),

ordered as (

    select
        *,
        cast({{ dbt.dateadd('month', 1, 'month_start') }} as date) as next_month_start,
        cast({{ dbt.dateadd('month', 2, 'month_start') }} as date) as second_month_start,
        cast({{ dbt.dateadd('month', 3, dbt.date_trunc('quarter', 'month_start')) }} as date)
            as next_quarter_start,
        cast({{ dbt.dateadd('month', 12, dbt.date_trunc('year', 'month_start')) }} as date)
            as next_year_start,
        min(first_order_on) over (partition by customer_id) as very_first_order_on,
        sum(orders) over (
            partition by customer_id order by month_start rows between unbounded preceding and current row
        ) as orders_so_far,
        min(first_order_on) over (
            partition by customer_id order by month_start rows between 1 following and unbounded following
        ) as next_order_on
    from months

)

select
    ordered.customer_id,
    ordered.month_start,
    cast({{ dbt.date_trunc('month', 'ordered.very_first_order_on') }} as date) as cohort_month,
    ordered.next_month_start <= as_of.as_of_date as is_complete,
    ordered.next_quarter_start <= as_of.as_of_date as is_quarter_complete,
    ordered.next_year_start <= as_of.as_of_date as is_year_complete,
    ordered.orders,
    ordered.sales,
    ordered.revenue,
    coalesce(ordered.orders > 0, false) as has_ordered,
    coalesce(ordered.orders > 0 and ordered.orders_so_far > 1, false) as is_repeat_customer,
    -- what lies ahead is told once it is over
    case
        when ordered.orders > 0 and ordered.second_month_start <= as_of.as_of_date
            then coalesce(ordered.next_order_on < ordered.second_month_start, false)
    end as has_ordered_next_month,
    case
        when
            ordered.orders > 0
            and {{ add_days('ordered.next_month_start', var('horizon_days')) }} <= as_of.as_of_date
            then not coalesce(
                ordered.next_order_on < {{ add_days('ordered.next_month_start', var('horizon_days')) }}, false
            )
    end as has_churned,
    ordered.ratings,
    ordered.satisfaction_total
from ordered
cross join as_of
