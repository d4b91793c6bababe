with

scores as (

    select * from {{ ref('customer_need_scores') }}
    where target in ('next_need', 'declared_need')

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
