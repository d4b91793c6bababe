select target, reason
from marts.model_evaluations
where evaluation_split = 'none'
order by target
