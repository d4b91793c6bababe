-- The ranks of each customer and kind are 1, 2, 3 and so on, and all of a kind come from one method.

with

lists as (

    select
        customer_id,
        kind,
        count(*) as products,
        count(distinct recommendation_rank) as ranks,
        max(recommendation_rank) as last_rank
    from {{ ref('customer_recommendations') }}
    group by customer_id, kind

),

methods as (

    select
        kind,
        count(distinct method) as methods
    from {{ ref('customer_recommendations') }}
    group by kind

)

select
    lists.customer_id,
    lists.kind
from lists
inner join methods
    on lists.kind = methods.kind
where lists.products != lists.last_rank or lists.ranks != lists.last_rank or methods.methods > 1
