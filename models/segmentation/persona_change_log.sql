-- Every change of a customer's persona as it is known on as_of_date: the log, and what today adds to it.

with

earlier as (

    select * from {{ ref('persona_changes_before') }}

),

before_today as (

    select * from {{ ref('persona_before') }}

),

scores as (

    select * from {{ ref('customer_persona_scores') }}

),

changes as (

    select
        customer_id,
        as_of_date,
        persona_id
    from earlier
    union all
    select
        coalesce(scores.customer_id, before_today.customer_id) as customer_id,
        current_build.as_of_date,
        -- null: no longer scored
        scores.persona_id
    from scores
    full outer join before_today
        on scores.customer_id = before_today.customer_id
    cross join {{ ref('current_build') }} as current_build
    where scores.persona_id is distinct from before_today.persona_id

)

select
    customer_id,
    as_of_date,
    persona_id,
    lead(as_of_date) over (partition by customer_id order by as_of_date) as next_change_on
from changes
