with

fits as (

    select * from {{ ref('need_fits') }}

),

measured as (

    select
        target,
        model_id,
        algorithm,
        is_champion,
        reason,
        {{ json_rows('metrics', {
            'split': 'varchar', 'metric': 'varchar', 'value': 'double', 'baseline_value': 'double'
        }) }}
    from fits

)

select
    target,
    model_id,
    algorithm,
    is_champion,
    split as evaluation_split,
    metric,
    value as metric_value,
    baseline_value,
    reason
from measured
