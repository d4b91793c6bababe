select
    target, algorithm, is_baseline, metric, customers, metric_value, value_low, value_high,
    baseline_value, advantage_low
from marts.model_evaluations
where
    is_published
    and evaluation_split = 'test'
    and metric in ('roc_auc', 'accuracy', 'hit_rate_at_5', 'prevalence')
order by target, metric
