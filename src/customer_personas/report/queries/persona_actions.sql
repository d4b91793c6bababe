-- rounded: customers
select persona_id, next_best_action, count(*) as customers
from marts.crm_audience
where persona_id is not null and next_best_action is not null
group by persona_id, next_best_action
-- as the rules rank them
order by persona_id, min(action_priority), next_best_action
