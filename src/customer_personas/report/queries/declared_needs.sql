-- rounded: customers
select persona_id, likely_declared_need as need, count(*) as customers
from marts.customers
where persona_id is not null and likely_declared_need is not null
group by persona_id, likely_declared_need
order by persona_id, customers desc, need
