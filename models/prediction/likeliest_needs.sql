with

ranked as (

    select
        customer_id,
        target,
        class,
        row_number() over (
            partition by customer_id, target order by probability desc, class asc
        ) as class_rank
    from {{ ref('customer_need_scores') }}

)

select
    customer_id,
    target,
    class
from ranked
where class_rank = 1
