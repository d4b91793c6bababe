-- Whose persona is another one than before: what this build adds to the log of changes.

with

scores as (

    select * from {{ ref('customer_persona_scores') }}

),

before_today as (

    select * from {{ ref('persona_before') }}

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

)

select
    coalesce(scores.customer_id, before_today.customer_id) as customer_id,
    as_of.as_of_date,
    -- null: no longer scored
    scores.persona_id
from scores
full outer join before_today
    on scores.customer_id = before_today.customer_id
cross join as_of
where scores.persona_id is distinct from before_today.persona_id
