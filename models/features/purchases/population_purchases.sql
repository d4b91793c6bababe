-- What everybody's purchases come to on each observation date. Taken from the daily sums, since past dates
-- are observed of some customers only.

with

{{ selling_products() }},

days as (

    select
        customer_id,
        activity_date,
        sum(sale_amount) as sale_amount
    from {{ ref('int_customer_category_days') }}
    where sale_lines > 0
    group by customer_id, activity_date

),

purchase_days as (

    select
        activity_date,
        sale_amount,
        sum(sale_amount) over (
            partition by customer_id order by activity_date
            rows between unbounded preceding and current row
        ) as amount_ever,
        lead(activity_date) over (partition by customer_id order by activity_date) as next_date
    from days

),

last_purchases as (

    select
        dates.observation_date,
        {{ exact_mean('purchase_days.sale_amount') }} as purchase_amount,
        sum(purchase_days.amount_ever) as sale_amount
    from {{ ref('observation_dates') }} as dates
    inner join purchase_days
        on
            dates.observation_date > purchase_days.activity_date
            and (dates.observation_date <= purchase_days.next_date or purchase_days.next_date is null)
    -- who was given all so far says nothing about what a purchase is worth
    where purchase_days.amount_ever > 0
    group by dates.observation_date

),

selling_totals as (

    select
        selling.observation_date,
        sum({{ selling_amount('purchases', 'selling') }}) as selling_amount
    from selling
    inner join purchases
        on
            selling.product_id = purchases.product_id
            and selling.observation_date > purchases.activity_date
            and purchases.activity_date >= {{ add_days('selling.observation_date', -365) }}
    group by selling.observation_date

)

select
    last_purchases.observation_date,
    last_purchases.purchase_amount,
    last_purchases.sale_amount,
    selling_totals.selling_amount
from last_purchases
left join selling_totals
    on last_purchases.observation_date = selling_totals.observation_date
