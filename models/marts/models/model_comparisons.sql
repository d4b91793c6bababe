-- What would tell counts that model_confusion withholds, or that model_gains and model_calibration tell
-- coarsely, is left out, for all baselines.

with

fits as (

    select * from {{ ref('target_fits') }}

),

listed as (

    select
        target,
        model_id,
        {{ struct_rows('comparisons') }}
    from fits
    where is_champion

),

few_errors as (

    select distinct target from {{ ref('model_confusion') }}
    where predicted = '(few each)'

),

few_hits as (

    {{ targets_with_few_hits('fits') }}

)

select
    listed.target,
    listed.model_id,
    listed.split as evaluation_split,
    listed.observation_date,
    listed.target || '_' || listed.baseline as baseline_model_id,
    listed.metric,
    listed.value as metric_value,
    listed.baseline_value,
    listed.advantage,
    listed.advantage_low,
    listed.advantage_high
from listed
left join few_errors
    on listed.target = few_errors.target
left join few_hits
    on listed.target = few_hits.target
where
    case listed.metric
        when 'accuracy' then few_errors.target is null
        when 'balanced_accuracy' then few_errors.target is null
        when 'macro_f1' then few_errors.target is null
        when 'lift_at_10_percent' then few_hits.target is null
        when 'expected_calibration_error' then few_hits.target is null
        when 'expected_calibration_error_aligned' then few_hits.target is null
        else true
    end
