-- What would tell counts that model_confusion and model_gains withhold is left out, for all baselines.

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

),

few_errors as (

    select distinct target from {{ ref('model_confusion') }}
    where predicted = '(few each)'

),

few_in_top_decile as (

    select distinct target from {{ ref('model_gains') }}
    where decile = 1 and hits is null

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
left join few_in_top_decile
    on listed.target = few_in_top_decile.target
where
    case listed.metric
        when 'accuracy' then few_errors.target is null
        when 'balanced_accuracy' then few_errors.target is null
        when 'macro_f1' then few_errors.target is null
        when 'lift_at_10_percent' then few_in_top_decile.target is null
        else true
    end
