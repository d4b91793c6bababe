-- Customers by the month of their first order, and what they ordered in each month since. What few did, or
-- all but few, is withheld, with the smallest other cell of the same month: its total is told elsewhere.
-- Where few customers never ordered, whom all customers less all cohorts would tell, so is the first month of
-- the smallest cohort.

with

months as (

    select
        month_start,
        min(case when is_before_as_of_date then 1 else 0 end) = 1 as is_complete
    from {{ ref('dates') }}
    group by month_start
    having max(case when is_before_as_of_date then 1 else 0 end) = 1

),

customer_months as (

    select * from {{ ref('customer_months') }}
    where month_start >= cohort_month

),

cohorts as (

    select
        cohort_month,
        count(*) as cohort_size
    from customer_months
    where month_start = cohort_month
    group by cohort_month

),

sums as (

    select
        cohort_month,
        month_start,
        count(case when has_ordered then 1 end) as customers,
        -- who returned something and ordered nothing is in the spend as well
        count(case when has_ordered or revenue != 0 then 1 end) as customers_in_spend,
        sum(orders) as orders,
        sum(revenue) as spend
    from customer_months
    group by cohort_month, month_start

),

totals as (

    select count(*) as customers from {{ ref('customers') }}

),

cells as (

    select
        cohorts.cohort_month,
        months.month_start,
        {{ dbt.datediff(
            'cohorts.cohort_month', 'months.month_start', 'month'
        ) }} as months_since,
        months.is_complete,
        cohorts.cohort_size,
        coalesce(sums.customers, 0) as customers,
        coalesce(sums.customers_in_spend, 0) as customers_in_spend,
        coalesce(sums.orders, 0) as orders,
        coalesce(sums.spend, 0) as spend
    from cohorts
    inner join months
        on cohorts.cohort_month <= months.month_start
    left join sums
        on
            cohorts.cohort_month = sums.cohort_month
            and months.month_start = sums.month_start

),

placed as (

    select
        cells.*,
        totals.customers - sum(case when cells.months_since = 0 then cells.cohort_size else 0 end) over ()
            as never_ordered,
        row_number() over (
            partition by cells.months_since order by cells.cohort_size, cells.cohort_month
        ) as cohort_rank
    from cells
    cross join totals

),

counted as (

    select
        *,
        case
            when cohort_size - customers {{ of_few() }} then cohort_size - customers
            when customers {{ of_few() }} then customers
            when never_ordered {{ of_few() }} and months_since = 0 and cohort_rank = 1 then never_ordered
            else customers_in_spend
        end as smallest_count
    from placed

),

hidden as (

    {{ hide_small_cells('counted', 'smallest_count', 'month_start', 'cohort_month') }}

)

select
    cohort_month,
    cast(months_since as integer) as months_since,
    month_start,
    is_complete,
    max(case when months_since = 0 and not is_hidden then customers end)
        over (partition by cohort_month) as cohort_customers,
    case when not is_hidden then customers end as customers,
    case
        when not is_hidden
            then {{ ratio(
                'customers',
                'max(case when months_since = 0 and not is_hidden then customers end)'
                ~ ' over (partition by cohort_month)'
            ) }}
    end as retention_rate,
    case when not is_hidden then cast(orders as bigint) end as orders,
    case when not is_hidden then cast(spend as decimal(18, 2)) end as spend,
    -- from a withheld month on, a sum and those before it would tell that month
    case
        when
            max(case when is_hidden then 1 else 0 end) over (
                partition by cohort_month order by month_start
                rows between unbounded preceding and current row
            ) = 0
            then cast(
                sum(spend) over (
                    partition by cohort_month order by month_start
                    rows between unbounded preceding and current row
                ) as decimal(18, 2)
            )
    end as cumulative_spend,
    is_hidden as is_withheld
from hidden
