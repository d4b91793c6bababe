-- rounded: customers, acting
-- withheld with customers: churn_probability
select
    next_best_action,
    count(*) as customers,
    sum(count(*)) over () as acting,
    avg(churn_probability) as churn_probability
from marts.crm_audience
where next_best_action is not null
group by next_best_action
-- as the rules rank them
order by min(action_priority), next_best_action
