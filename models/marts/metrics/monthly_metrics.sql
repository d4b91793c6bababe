-- The metrics of models/metrics by month and persona, for tools without MetricFlow. There is no row of all
-- customers: sums over personas give it, and nothing is counted twice. What rests on few is withheld, and so
-- is what cohort_retention, whose cells have the same totals, would tell few from.

{%- set cell = var('minimum_cell') %}
{#- rate, hits, customers, whether cohort_retention tells all hits of a month, which cell these would tell -#}
{%- set rates = [
    ('repeat_rate', 'repeat_customers', 'active_customers', 'are_new_told', 'is_new_withheld'),
    ('retention_rate', 'retained_customers', 'judged_next_month', 'is_first_month', 'is_next_withheld'),
    ('churn_rate', 'churned_customers', 'judged_churn', 'false', 'false'),
] %}

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

cohorts as (

    select
        cohort_month,
        cohort_month = min(cohort_month) over () as is_first_month,
        max(case when months_since = 0 and is_withheld then 1 else 0 end) = 1 as is_new_withheld,
        max(case when months_since = 1 and is_withheld then 1 else 0 end) = 1 as is_next_withheld
    from {{ ref('cohort_retention') }}
    group by cohort_month

),

-- of one cohort alone: all who ordered in the month are those of the cell that is withheld
withheld_months as (

    select month_start from {{ ref('cohort_retention') }}
    group by month_start
    having count(*) = 1 and count(case when is_withheld then 1 end) = 1

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
        count(case when has_ordered and cohort_month = month_start then 1 end) as new_customers,
        sum(case when cohort_month = month_start then orders else 0 end) as new_orders,
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
            when active_customers {{ of_few() }} then active_customers else customers_in_revenue
        end as smallest_count
    from counted

),

hidden as (

    {{ hide_small_cells('sized', 'smallest_count', 'month_start', 'persona_id') }}

),

placed as (

    select
        hidden.*,
        hidden.is_hidden or withheld_months.month_start is not null as is_withheld,
        coalesce(cohorts.is_first_month, false) as is_first_month,
        coalesce(cohorts.is_new_withheld, false) as is_new_withheld,
        coalesce(cohorts.is_next_withheld, false) as is_next_withheld,
        -- where all new customers ordered once, all others are repeat customers
        sum(hidden.new_orders - hidden.new_customers) over (partition by hidden.month_start) = 0
            as are_new_told
    from hidden
    left join cohorts
        on hidden.month_start = cohorts.cohort_month
    left join withheld_months
        on hidden.month_start = withheld_months.month_start

),

judged as (

    -- Where all hits of a month are told, those of few are told by the others: one that is enough on both
    -- sides keeps its rate as well, or all do where there is none. Where a persona is hidden two are unknown
    -- already.
    select
        *
        {%- for rate, hits, customers, is_total_told, is_cell_withheld in rates %},
        {{ is_total_told }}
        and max(case when is_withheld then 1 else 0 end) over (partition by month_start) = 0
        and (
            {{ is_cell_withheld }}
            or max(
                case
                    when least({{ hits }}, {{ customers }} - {{ hits }}) {{ of_few() }} then 1
                    else 0
                end
            ) over (partition by month_start) = 1
        ) as is_{{ rate }}_open,
        least({{ hits }}, {{ customers }} - {{ hits }}) >= {{ cell }} as is_{{ rate }}_safe
        {%- endfor %},
        customers_in_revenue > 0 or rating_customers >= {{ cell }} as has_something_to_tell
    from placed

)

select
    month_start,
    is_complete,
    persona_id,
    persona_name,
    case when not is_withheld then active_customers end as active_customers,
    case
        when not is_withheld
            then {{ ratio('active_customers', 'sum(active_customers) over (partition by month_start)') }}
    end as persona_share,
    case when not is_withheld then cast(orders as bigint) end as orders,
    case when not is_withheld then cast(sales as decimal(18, 2)) end as sales,
    case when not is_withheld then cast(revenue as decimal(18, 2)) end as revenue,
    case when not is_withheld then {{ ratio('sales', 'orders') }} end as average_order_value
    {%- for rate, hits, customers, is_total_told, is_cell_withheld in rates %},
    case
        when
            not is_withheld
            and not (
                is_{{ rate }}_open
                and (
                    max(case when is_{{ rate }}_safe then 1 else 0 end) over (partition by month_start) = 0
                    or (
                        is_{{ rate }}_safe
                        and row_number() over (
                            partition by month_start, is_{{ rate }}_safe order by {{ customers }}, persona_id
                        ) = 1
                    )
                )
            )
            then {{ ratio(hits_of_few(hits, customers), customers) }}
    end as {{ rate }}
    {%- endfor %},
    case when rating_customers >= {{ cell }} then {{ ratio('satisfaction_total', 'ratings') }} end
        as mean_rating,
    is_withheld
from judged
where has_something_to_tell
