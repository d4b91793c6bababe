select target, algorithm, metric, advantage, advantage_low, advantage_high, reason
from marts.model_evaluations
where
    is_champion
    and not is_published
    and evaluation_split = 'test'
    and persona_id is null
    and metric in ('log_loss', 'hit_rate_at_5')
order by target
