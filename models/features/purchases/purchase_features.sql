{%- set windows = [30, 90, 180, 365] -%}

with

observations as (

    select * from {{ ref('observations') }}

),

order_days as (

    select * from {{ ref('int_customer_order_days') }}

),

products as (

    select * from {{ ref('int_customer_products') }}

),

totals as (

    select
        observations.customer_id,
        observations.observation_date,
        max(case when order_days.orders > 0 then order_days.activity_date end) as last_order_on,
        min(case when order_days.orders > 0 then order_days.activity_date end) as first_order_on,
        sum(order_days.orders) as frequency,
        count(case when order_days.orders > 0 then 1 end) as order_days,
        sum(order_days.net_amount) as monetary_value,
        sum(order_days.sale_amount) as sale_amount,
        sum(order_days.gross_amount) as gross_amount,
        sum(order_days.discount_amount) as discount_amount,
        sum(order_days.return_amount) as return_amount,
        sum(order_days.sale_lines) as sale_lines,
        sum(order_days.sale_quantity) as sale_quantity,
        sum(order_days.outlier_lines) as outlier_lines,
        sum(order_days.weekend_orders) as weekend_orders,
        sum(order_days.timed_orders) as timed_orders,
        sum(order_days.night_orders) as night_orders,
        sum(order_days.morning_orders) as morning_orders,
        sum(order_days.afternoon_orders) as afternoon_orders,
        sum(order_days.evening_orders) as evening_orders,
        -- sums of whole days: the standard deviation made from them is the same in every run
        count(order_days.days_since_previous_order) as order_gaps,
        sum(order_days.days_since_previous_order) as gap_days,
        sum(order_days.days_since_previous_order * order_days.days_since_previous_order)
            as squared_gap_days,
        {%- for days in windows %}
        {{ sum_in_window('order_days.orders', 'order_days.activity_date', days) }} as orders_{{ days }}d,
        {{ sum_in_window('order_days.net_amount', 'order_days.activity_date', days) }} as spend_{{ days }}d,
        {{ sum_in_window('order_days.orders', 'order_days.activity_date', days, 1) }}
            as orders_{{ days }}d_year_before,
        {{ sum_in_window('order_days.net_amount', 'order_days.activity_date', days, 1) }}
            as spend_{{ days }}d_year_before,
        {%- endfor %}
        {{ sum_in_window('order_days.sale_amount', 'order_days.activity_date', 90) }} as sales_90d,
        {{ sum_in_window('order_days.sale_amount', 'order_days.activity_date', 180) }} as sales_180d
    from observations
    inner join order_days
        on
            observations.customer_id = order_days.customer_id
            and observations.observation_date > order_days.activity_date
    group by observations.customer_id, observations.observation_date

),

product_counts as (

    select
        observations.customer_id,
        observations.observation_date,
        count(*) as products_bought
    from observations
    inner join products
        on
            observations.customer_id = products.customer_id
            and observations.observation_date > products.first_bought_on
    group by observations.customer_id, observations.observation_date

)

select
    observations.customer_id,
    observations.observation_date,
    {{ dbt.datediff('totals.last_order_on', 'observations.observation_date', 'day') }}
        as recency_days,
    {{ dbt.datediff('totals.first_order_on', 'observations.observation_date', 'day') }}
        as days_since_first_order,
    {{ zero_where_provided('order_lines', 'totals.frequency') }} as frequency,
    {{ zero_where_provided('order_lines', 'totals.order_days') }} as order_days,
    {{ zero_where_provided('order_lines', 'totals.monetary_value', 'decimal(18, 2)') }}
        as monetary_value,
    {{ ratio('totals.sale_amount', 'totals.frequency') }} as average_order_value,
    {%- for days in windows %}
    {%- for amount, type in [('orders', 'bigint'), ('spend', 'decimal(18, 2)')] %}
    {%- set window = amount ~ '_' ~ days ~ 'd' %}
    {{ zero_where_provided('order_lines', 'totals.' ~ window, type) }} as {{ window }},
    {{ zero_where_provided('order_lines', 'totals.' ~ window ~ '_year_before', type) }}
        as {{ window }}_year_before,
    {%- endfor %}
    {%- endfor %}
    {{ ratio('totals.gap_days', 'totals.order_gaps') }} as order_gap_mean_days,
    -- whole numbers: never below zero; null with fewer than two gaps
    sqrt(
        {{ ratio(
            'totals.order_gaps * totals.squared_gap_days - totals.gap_days * totals.gap_days',
            'totals.order_gaps * (totals.order_gaps - 1)'
        ) }}
    ) as order_gap_stddev_days,
    -- how late the next order is, in units of the customer's own rhythm
    {{ ratio(
        dbt.datediff('totals.last_order_on', 'observations.observation_date', 'day') ~ ' * totals.order_gaps',
        'totals.gap_days'
    ) }} as recency_to_gap_ratio,
    -- -1: nothing in the last 90 of the last 180 days; 0: as much as before; 1: all of it
    {{ ratio('2 * totals.sales_90d - totals.sales_180d', 'totals.sales_180d') }} as spend_trend_180d,
    {{ ratio('totals.return_amount', 'totals.sale_amount') }} as return_rate,
    {{ ratio('totals.discount_amount', 'totals.gross_amount') }} as discount_share,
    {{ ratio('totals.sale_lines', 'totals.frequency') }} as lines_per_order,
    {{ ratio('totals.sale_quantity', 'totals.frequency') }} as quantity_per_order,
    {{ zero_where_provided('order_lines', 'product_counts.products_bought') }} as products_bought,
    {{ ratio('totals.weekend_orders', 'totals.frequency') }} as weekend_order_share,
    {%- for part in ['night', 'morning', 'afternoon', 'evening'] %}
    {{ ratio('totals.' ~ part ~ '_orders', 'totals.timed_orders') }} as {{ part }}_order_share,
    {%- endfor %}
    {{ zero_where_provided('order_lines', 'totals.outlier_lines') }} as outlier_lines
from observations
left join totals
    on
        observations.customer_id = totals.customer_id
        and observations.observation_date = totals.observation_date
left join product_counts
    on
        observations.customer_id = product_counts.customer_id
        and observations.observation_date = product_counts.observation_date
