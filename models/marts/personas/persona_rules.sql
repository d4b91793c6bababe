with

rules as (

    select * from {{ ref('persona_rule_scores') }}

),

persona_names as (

    select * from {{ ref('persona_names') }}

)

select
    rules.persona_id,
    persona_names.persona_name,
    rules.rule_number,
    rules.condition,
    cast(rules.customer_count as integer) as customer_count,
    rules.coverage,
    rules.precision as rule_precision,
    rules.lift
from rules
inner join persona_names
    on rules.persona_id = persona_names.persona_id
where
    rules.customer_count >= {{ var('minimum_cell') }}
    -- what mostly holds for others does not describe the persona
    and rules.precision >= 0.5
