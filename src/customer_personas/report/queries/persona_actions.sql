-- rounded: customers
select persona_id, next_best_action, count(*) as customers
from marts.crm_audience
where persona_id is not null and next_best_action is not null
group by persona_id, next_best_action
order by persona_id, customers desc, next_best_action
