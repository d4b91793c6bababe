-- rounded: arrived, left_it
with latest as (

    select max(as_of_date) as as_of_date from marts.customers

)

select
    personas.persona_id,
    count(*) filter (memberships.valid_from = latest.as_of_date) as arrived,
    count(*) filter (memberships.valid_to = latest.as_of_date) as left_it
from marts.personas as personas
cross join latest
left join marts.persona_memberships as memberships
    on personas.persona_id = memberships.persona_id
group by personas.persona_id
order by personas.persona_id
