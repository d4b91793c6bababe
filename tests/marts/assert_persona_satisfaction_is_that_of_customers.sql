-- An analyst who takes the mean of customers.satisfaction gets the figure of the persona.

with

members as (

    select
        persona_id,
        {{ exact_mean('satisfaction') }} as satisfaction
    from {{ ref('customers') }}
    where persona_id is not null
    group by persona_id

)

select
    personas.persona_id,
    personas.satisfaction,
    members.satisfaction as customers_satisfaction
from {{ ref('personas') }} as personas
inner join members
    on personas.persona_id = members.persona_id
where
    -- a persona of very few keeps its figures to itself
    personas.customer_count is not null
    and coalesce(abs(personas.satisfaction - members.satisfaction), 0) > 1e-9
