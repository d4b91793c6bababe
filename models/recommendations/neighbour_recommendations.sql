-- The five best neighbours of what each customer bought last; where there are fewer, what is popular follows.

with

customers as (

    select * from {{ ref('recommendation_customers') }}

),

bought as (

    select * from {{ ref('products_bought_before') }}

),

summed as (

    -- the 30 newest products speak, as in item_neighbours
    select
        customers.observation_date,
        customers.customer_id,
        neighbours.neighbour_product_id as product_id,
        sum(neighbours.score) as score
    from customers
    inner join bought
        on
            customers.observation_date = bought.observation_date
            and customers.customer_id = bought.customer_id
            and bought.recent_rank <= 30
    inner join {{ ref('item_neighbours') }} as neighbours
        on
            bought.observation_date = neighbours.observation_date
            and bought.product_id = neighbours.product_id
    group by customers.observation_date, customers.customer_id, neighbours.neighbour_product_id

),

neighbours as (

    select
        summed.observation_date,
        summed.customer_id,
        summed.product_id,
        summed.score,
        row_number() over (
            partition by summed.observation_date, summed.customer_id
            order by summed.score desc, summed.product_id asc
        ) as neighbour_rank
    from summed
    left join bought
        on
            summed.observation_date = bought.observation_date
            and summed.customer_id = bought.customer_id
            and summed.product_id = bought.product_id
    where bought.product_id is null

),

best as (

    select *
    from neighbours
    where neighbour_rank <= 5

),

candidates as (

    select
        observation_date,
        customer_id,
        product_id,
        false as is_filled,
        neighbour_rank as place,
        cast(score as double) as score
    from best
    union all
    select
        popular.observation_date,
        popular.customer_id,
        popular.product_id,
        true as is_filled,
        popular.recommendation_rank as place,
        0 as score
    from {{ ref('popular_recommendations') }} as popular
    left join best
        on
            popular.observation_date = best.observation_date
            and popular.customer_id = best.customer_id
            and popular.product_id = best.product_id
    where popular.method = 'popular_30d' and best.product_id is null

),

ranked as (

    select
        *,
        cast(row_number() over (
            partition by observation_date, customer_id order by is_filled asc, place asc
        ) as integer) as recommendation_rank
    from candidates

)

select
    observation_date,
    customer_id,
    recommendation_rank,
    product_id,
    is_filled,
    score
from ranked
where recommendation_rank <= 5
