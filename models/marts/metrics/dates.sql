-- The days that metrics are counted by, from the first month of customer_months to the end of that of
-- as_of_date.

with

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

months as (

    select
        coalesce(min(customer_months.month_start), max(as_of.as_of_date)) as first_date,
        cast({{ dbt.last_day('max(as_of.as_of_date)', 'month') }} as date) as last_date
    from as_of
    left join {{ ref('customer_months') }} as customer_months
        on as_of.as_of_date > customer_months.month_start

),

days as (

    {{ dates_between(
        "(select date_trunc('month', first_date) from months)", '(select last_date from months)', 1
    ) }}

),

judged as (

    select
        days.grid_date as date_day,
        days.grid_date < as_of.as_of_date as is_before_as_of_date
    from days
    cross join as_of

)

select
    date_day,
    cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
    cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as quarter_start,
    cast(extract(year from date_day) as integer) as calendar_year,
    cast(extract(month from date_day) as integer) as month_of_year,
    cast({{ iso_weekday('date_day') }} as integer) as day_of_week,
    is_before_as_of_date
from judged
