-- The persona that each customer had before as_of_date, and since when: the newest change in the log.

with

ranked as (

    select
        customer_id,
        persona_id,
        as_of_date as persona_since,
        row_number() over (partition by customer_id order by as_of_date desc) as newness
    from {{ ref('persona_changes_before') }}

)

select
    customer_id,
    persona_id,
    persona_since
from ranked
where newness = 1 and persona_id is not null
