with

dates as (

    select * from {{ ref('recommendation_dates') }}
    where is_as_of

),

champions as (

    select * from {{ ref('recommendation_champions') }}

)

select
    lists.customer_id,
    dates.observation_date as as_of_date,
    lists.kind,
    lists.recommendation_rank,
    lists.product_id,
    names.product_name,
    names.product_category,
    lists.score,
    reasons.reason,
    lists.method,
    champions.expected_hit_rate,
    champions.expected_hit_rate_among_all
from {{ ref('recommendation_lists') }} as lists
inner join dates
    on lists.observation_date = dates.observation_date
inner join champions
    on
        lists.kind = champions.kind
        and lists.method = champions.method
inner join {{ ref('recommendation_reasons') }} as reasons
    on
        lists.customer_id = reasons.customer_id
        and lists.kind = reasons.kind
        and lists.recommendation_rank = reasons.recommendation_rank
left join {{ ref('product_names') }} as names
    on lists.product_id = names.product_id
