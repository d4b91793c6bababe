-- What each customer had bought before each date, from records strictly before it.

with

product_days as (

    -- a day is one day, under how many categories ever
    select
        customer_id,
        product_id,
        activity_date,
        sum(sold_quantity) as sold_quantity,
        sum(returned_quantity) as returned_quantity
    from {{ ref('int_customer_product_days') }}
    where product_id is not null
    group by customer_id, product_id, activity_date

),

bought as (

    select
        dates.observation_date,
        product_days.customer_id,
        product_days.product_id,
        count(case when product_days.sold_quantity > 0 then 1 end) as days_bought,
        max(case when product_days.sold_quantity > 0 then product_days.activity_date end) as last_bought_on,
        sum(product_days.sold_quantity) > sum(product_days.returned_quantity) as is_kept
    from product_days
    inner join {{ ref('recommendation_dates') }} as dates
        on product_days.activity_date < dates.observation_date
    group by dates.observation_date, product_days.customer_id, product_days.product_id

)

select
    observation_date,
    customer_id,
    product_id,
    days_bought,
    last_bought_on,
    {{ dbt.datediff('last_bought_on', 'observation_date', 'day') }}
        as days_since_bought,
    is_kept,
    -- 1 = the product bought last, of those that did not all come back
    case
        when is_kept
            then row_number() over (
                partition by observation_date, customer_id, is_kept
                order by last_bought_on desc, days_bought desc, product_id asc
            )
    end as recent_rank
from bought
where days_bought > 0
