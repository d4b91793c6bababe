-- Labels tell what came after their date, and nothing else. Those about the future lie on grid dates whose
-- horizon had passed by as_of_date, or on dates of publications that are judged; the first order from the
-- date on decides whether a customer purchases; a next need is of somebody who purchases, and is bought from
-- the date on.

with

labels as (

    select * from {{ ref('target_labels') }}

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

label_dates as (

    select observation_date from {{ ref('label_dates') }}
    where not is_as_of
    union distinct
    select observation_date from {{ ref('int_outcome_dates') }}
    where is_labelled

),

unripe as (

    select
        labels.customer_id,
        labels.observation_date,
        labels.target,
        'its horizon had not passed' as what_is_wrong
    from labels
    cross join as_of
    left join label_dates
        on labels.observation_date = label_dates.observation_date
    where
        {{ is_future_target('labels.target') | indent(4) }}
        and (
            label_dates.observation_date is null
            or {{ add_days('labels.observation_date', var('horizon_days')) }} > as_of.as_of_date
        )

),

next_orders as (

    select
        observations.customer_id,
        observations.observation_date,
        min(days.activity_date) as next_ordered_on
    from {{ ref('label_observations') }} as observations
    left join {{ ref('int_customer_order_days') }} as days
        on
            observations.customer_id = days.customer_id
            and observations.observation_date <= days.activity_date
            and days.orders > 0
    group by observations.customer_id, observations.observation_date

),

wrong_purchases as (

    select
        next_orders.customer_id,
        next_orders.observation_date,
        'will_purchase' as target,
        'the next order says otherwise' as what_is_wrong
    from next_orders
    left join {{ ref('target_will_purchase') }} as will_purchase
        on
            next_orders.customer_id = will_purchase.customer_id
            and next_orders.observation_date = will_purchase.observation_date
    where
        will_purchase.label is distinct from case
            when
                next_orders.next_ordered_on
                < {{ add_days('next_orders.observation_date', var('horizon_days')) }}
                then 'yes'
            else 'no'
        end

),

last_bought as (

    select
        customer_id,
        product_category,
        max(activity_date) as last_bought_on
    from {{ ref('int_customer_category_days') }}
    where sale_lines > 0
    group by customer_id, product_category

),

wrong_needs as (

    select
        next_need.customer_id,
        next_need.observation_date,
        'next_need' as target,
        'it is not bought after the date' as what_is_wrong
    from {{ ref('target_next_need') }} as next_need
    left join {{ ref('target_will_purchase') }} as will_purchase
        on
            next_need.customer_id = will_purchase.customer_id
            and next_need.observation_date = will_purchase.observation_date
    left join last_bought
        on
            next_need.customer_id = last_bought.customer_id
            and next_need.label = last_bought.product_category
    where
        will_purchase.label is distinct from 'yes'
        or last_bought.last_bought_on is null
        or last_bought.last_bought_on < next_need.observation_date

)

select * from unripe
union all
select * from wrong_purchases
union all
select * from wrong_needs
