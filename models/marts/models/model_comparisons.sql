with

fits as (

    select * from {{ ref('target_fits') }}
    where is_champion

),

listed as (

    select
        target,
        model_id,
        {{ struct_rows('comparisons') }}
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
