-- The lists of five of every method, for every date and customer.

{{ config(materialized='view') }}

select
    observation_date,
    customer_id,
    'discover' as kind,
    'item_neighbours' as method,
    recommendation_rank,
    product_id,
    is_filled,
    score
from {{ ref('neighbour_recommendations') }}
union all
select
    observation_date,
    customer_id,
    'discover' as kind,
    method,
    recommendation_rank,
    product_id,
    false as is_filled,
    cast(customers as double) as score
from {{ ref('popular_recommendations') }}
where recommendation_rank <= 5
union all
select
    observation_date,
    customer_id,
    'buy_again' as kind,
    method,
    recommendation_rank,
    product_id,
    false as is_filled,
    score
from {{ ref('repeat_recommendations') }}
