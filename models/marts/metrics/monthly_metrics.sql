-- The metrics of models/metrics by month and persona, for tools without MetricFlow. There is no row of all
-- customers: sums over personas give it, and nothing is counted twice. What rests on few is withheld.

{%- set cell = var('minimum_cell') %}

with

months as (

    select
        customer_months.*,
        customers.persona_id,
        customers.persona_name
    from {{ ref('customer_months') }} as customer_months
    inner join {{ ref('customers') }} as customers
        on customer_months.customer_id = customers.customer_id

),

counted as (

    select
        month_start,
        is_complete,
        persona_id,
        persona_name,
        count(case when has_ordered then 1 end) as active_customers,
        count(case when has_ordered or revenue != 0 then 1 end) as customers_in_revenue,
        count(case when is_repeat_customer then 1 end) as repeat_customers,
        count(has_ordered_next_month) as judged_next_month,
        count(case when has_ordered_next_month then 1 end) as retained_customers,
        count(has_churned) as judged_churn,
        count(case when has_churned then 1 end) as churned_customers,
        count(case when ratings > 0 then 1 end) as rating_customers,
        sum(orders) as orders,
        sum(sales) as sales,
        sum(revenue) as revenue,
        sum(ratings) as ratings,
        sum(satisfaction_total) as satisfaction_total
    from months
    group by month_start, is_complete, persona_id, persona_name

),

sized as (

    select
        *,
        case
            when active_customers between 1 and {{ cell - 1 }} then active_customers else customers_in_revenue
        end as smallest_count
    from counted

),

hidden as (

    {{ hide_small_cells('sized', 'smallest_count', 'month_start', 'persona_id') }}

)

select
    month_start,
    is_complete,
    persona_id,
    persona_name,
    case when not is_hidden then active_customers end as active_customers,
    case
        when not is_hidden
            then {{ ratio('active_customers', 'sum(active_customers) over (partition by month_start)') }}
    end as persona_share,
    case when not is_hidden then cast(orders as bigint) end as orders,
    case when not is_hidden then cast(sales as decimal(18, 2)) end as sales,
    case when not is_hidden then cast(revenue as decimal(18, 2)) end as revenue,
    case when not is_hidden then {{ ratio('sales', 'orders') }} end as average_order_value
    {%- for rate, hits, customers in [
        ('repeat_rate', 'repeat_customers', 'active_customers'),
        ('retention_rate', 'retained_customers', 'judged_next_month'),
        ('churn_rate', 'churned_customers', 'judged_churn'),
    ] %},
    case when not is_hidden then {{ ratio(hits_of_few(hits, customers), customers) }} end as {{ rate }}
    {%- endfor %},
    case when rating_customers >= {{ cell }} then {{ ratio('satisfaction_total', 'ratings') }} end
        as mean_rating,
    is_hidden as is_withheld
from hidden
where customers_in_revenue > 0 or rating_customers >= {{ cell }}
