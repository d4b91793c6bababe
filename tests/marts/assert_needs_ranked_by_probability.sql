-- A customer's needs are ranked 1, 2, 3 and so on, and none is likelier than one ranked before it.

with

ordered as (

    select
        customer_id,
        target,
        need,
        need_rank,
        probability,
        row_number() over (
            partition by customer_id, target order by need_rank
        ) as expected_rank,
        lag(probability) over (
            partition by customer_id, target order by need_rank
        ) as probability_before
    from {{ ref('customer_needs') }}

)

select *
from ordered
where need_rank != expected_rank or probability > probability_before
