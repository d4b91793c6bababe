-- rounded: customers
select persona_id, persona_name, next_need as need, count(*) as customers
from marts.customers
where persona_id is not null and next_need is not null
group by persona_id, persona_name, next_need
order by persona_id, customers desc, need
