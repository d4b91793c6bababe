-- Everybody's mix: what all customers together had bought and looked at by each observation date. Taken from
-- the daily sums, since past dates are observed of some customers only.

with

amounts as (

    -- spellings that give one column are one category
    select
        dates.observation_date,
        {{ column_name('days.product_category') }} as category_column,
        sum(days.sale_amount) as sale_amount,
        sum(days.activity) as activity
    from (
        select
            customer_days.product_category,
            customer_days.activity_date,
            sum(customer_days.sale_amount) as sale_amount,
            sum({{ activity_in_tenths('customer_days') }}) as activity
        from {{ ref('int_customer_category_days') }} as customer_days
        group by customer_days.product_category, customer_days.activity_date
    ) as days
    inner join {{ ref('observation_dates') }} as dates
        on days.activity_date < dates.observation_date
    group by dates.observation_date, {{ column_name('days.product_category') }}

)

select
    observation_date,
    category_column,
    {{ ratio('sale_amount', 'sum(sale_amount) over (partition by observation_date)') }} as sale_share,
    {{ ratio('activity', 'sum(activity) over (partition by observation_date)') }} as activity_share
from amounts
