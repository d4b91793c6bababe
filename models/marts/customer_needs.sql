with

scores as (

    select * from {{ ref('customer_need_scores') }}
    where target != 'will_purchase'

)

select
    customer_id,
    target,
    class as need,
    probability,
    cast(row_number() over (
        partition by customer_id, target order by probability desc, class asc
    ) as integer) as need_rank,
    model_id
from scores
