select
    target, algorithm, is_baseline, is_published, metric, observation_date, customers, metric_value,
    value_low, value_high, baseline_value, advantage_low
from marts.model_evaluations
where
    (is_published or is_baseline)
    and evaluation_split = 'test'
    and persona_id is null
    and metric in ('roc_auc', 'accuracy', 'hit_rate_at_5')
order by target, metric
