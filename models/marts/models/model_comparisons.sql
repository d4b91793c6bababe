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

sizes as (

    select distinct
        model_id,
        split,
        observation_date,
        customers
    from (select model_id, {{ struct_rows('metrics') }} from fits)
    where metric = 'log_loss'

),

few_errors as (

    select distinct target from {{ ref('model_confusion') }}
    where predicted = '(few each)'

),

few_hits as (

    {{ targets_with_few_hits('fits') }}

),

told as (

    select
        listed.*,
        listed.target || '_' || listed.baseline as baseline_model_id,
        few_hits.target is not null as has_few_hits,
        few_hits.target is not null and listed.metric in ('roc_auc', 'average_precision', 'log_loss', 'brier')
            as is_score_coarse,
        sizes.customers
    from listed
    left join sizes
        on
            listed.model_id = sizes.model_id
            and listed.split = sizes.split
            and listed.observation_date is not distinct from sizes.observation_date
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
            when 'log_loss'
                then few_hits.target is null or sizes.customers >= {{ 20 * var('minimum_cell') }}
            when 'expected_calibration_error' then few_hits.target is null
            when 'expected_calibration_error_aligned' then few_hits.target is null
            else true
        end

),

rounded as (

    select
        *,
        {%- for column in ['value', 'baseline_value'] %}
        case
            when is_score_coarse then {{ score_in_steps('metric', column, 'customers') }}
            else {{ column }}
        end as told_{{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from told

)

select
    target,
    model_id,
    split as evaluation_split,
    observation_date,
    baseline_model_id,
    metric,
    told_value as metric_value,
    told_baseline_value as baseline_value,
    case
        when not is_score_coarse then advantage
        when metric in ('log_loss', 'brier') then told_baseline_value - told_value
        else told_value - told_baseline_value
    end as advantage,
    {%- for column in ['advantage_low', 'advantage_high'] %}
    case
        when has_few_hits then {{ advantage_in_steps(column, 'customers') }}
        else {{ column }}
    end as {{ column }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from rounded
