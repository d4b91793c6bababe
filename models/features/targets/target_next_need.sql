-- Which product category dominates, by spend, what the customer buys within the horizon?
-- Only over those who buy something that has a category.

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('label_observations') }}

),

category_days as (

    select * from {{ ref('int_customer_category_days') }}
    where sale_lines > 0

),

spend as (

    select
        observations.customer_id,
        observations.observation_date,
        category_days.product_category,
        sum(category_days.sale_amount) as sale_amount
    from observations
    inner join category_days
        on
            observations.customer_id = category_days.customer_id
            and observations.observation_date <= category_days.activity_date
            and category_days.activity_date
            < {{ add_days('observations.observation_date', var('horizon_days')) }}
    group by observations.customer_id, observations.observation_date, category_days.product_category

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, observation_date
            order by sale_amount desc, product_category asc
        ) as spend_rank
    from spend

)

select
    customer_id,
    observation_date,
    product_category as label
from ranked
where spend_rank = 1
