-- By which plain conditions does one recognise a persona, and how often are they right?

select
    personas.persona_name,
    rules.rule_number,
    -- a small persona may have no rule of its own
    coalesce(rules.condition, 'no rule found') as condition,
    rules.customer_count,
    round(100 * rules.coverage) as coverage_percent,
    round(100 * rules.rule_precision) as precision_percent,
    round(rules.lift, 1) as lift
from {{ ref('personas') }} as personas
left join {{ ref('persona_rules') }} as rules
    on personas.persona_id = rules.persona_id
order by personas.persona_name asc, rules.rule_number asc
