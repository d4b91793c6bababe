-- How much better than the class shares are the models in use, on the rows kept for the test?

select
    target,
    algorithm,
    metric,
    round(metric_value, 3) as metric_value,
    round(baseline_value, 3) as baseline_value,
    case
        -- of these a smaller value is the better one
        when metric in ('log_loss', 'brier', 'expected_calibration_error')
            then metric_value < baseline_value
        else metric_value > baseline_value
    end as is_better_than_baseline,
    reason
from {{ ref('model_evaluations') }}
where is_champion and evaluation_split = 'test'
order by target asc, metric asc
