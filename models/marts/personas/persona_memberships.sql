-- Who was in which persona from when to when, from the log of changes.

with

changes as (

    select * from {{ ref('persona_change_log') }}

),

names as (

    select * from {{ ref('persona_names_ever') }}

),

periods as (

    select
        customer_id,
        persona_id,
        as_of_date as valid_from,
        lead(as_of_date) over (partition by customer_id order by as_of_date) as valid_to
    from changes

)

select
    periods.customer_id,
    periods.persona_id,
    names.persona_name,
    periods.valid_from,
    periods.valid_to,
    periods.valid_to is null as is_current
from periods
left join names
    on periods.persona_id = names.persona_id
-- a null persona ends a membership, it is none
where periods.persona_id is not null
