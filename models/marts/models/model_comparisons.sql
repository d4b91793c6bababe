with

fits as (

    select * from {{ ref('need_fits') }}
    where is_champion

),

listed as (

    select
        target,
        model_id,
        {{ json_rows('comparisons', {
            'split': 'varchar', 'observation_date': 'date', 'baseline': 'varchar', 'metric': 'varchar',
            'value': 'double', 'baseline_value': 'double',
            'advantage': 'double', 'advantage_low': 'double', 'advantage_high': 'double'
        }) }}
    from fits

)

select
    target,
    model_id,
    split as evaluation_split,
    observation_date,
    target || '_' || baseline as baseline_model_id,
    metric,
    value as metric_value,
    baseline_value,
    advantage,
    advantage_low,
    advantage_high
from listed
