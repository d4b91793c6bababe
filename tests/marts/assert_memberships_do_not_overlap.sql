-- Nobody is in two personas on one day, and a membership ends after it began.

with

memberships as (

    select
        customer_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by customer_id order by valid_from) as next_valid_from
    from {{ ref('persona_memberships') }}

)

select *
from memberships
where
    valid_to <= valid_from
    or next_valid_from < coalesce(valid_to, cast('9999-12-31' as date))
