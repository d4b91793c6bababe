-- How good are the models that score customers, on the rows kept for the test, beside the best baseline?

select
    target,
    algorithm,
    is_baseline,
    metric,
    customers,
    round(metric_value, 3) as metric_value,
    round(value_low, 3) as value_low,
    round(value_high, 3) as value_high,
    baseline_model_id,
    round(baseline_value, 3) as baseline_value,
    -- above zero: better than the best baseline beyond chance, whichever way the metric runs
    round(advantage_low, 3) as advantage_low,
    reason
from {{ ref('model_evaluations') }}
where is_published and evaluation_split = 'test'
order by target asc, metric asc
