-- The five members nearest to the centre of their persona, by key only.

with

ranked as (

    select
        customer_id,
        persona_id,
        distance,
        confidence,
        row_number() over (partition by persona_id order by distance asc, customer_id asc) as member_rank
    from {{ ref('customer_persona_scores') }}
    -- what stands in for personas has no centre
    where distance is not null

),

persona_names as (

    select * from {{ ref('persona_names') }}

)

select
    ranked.persona_id,
    persona_names.persona_name,
    cast(ranked.member_rank as integer) as member_rank,
    ranked.customer_id,
    ranked.distance,
    ranked.confidence
from ranked
inner join persona_names
    on ranked.persona_id = persona_names.persona_id
where ranked.member_rank <= 5
