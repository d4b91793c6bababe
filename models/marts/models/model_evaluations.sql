-- Metrics are left out, or told in steps of minimum_cell customers, for all models of a target, where counts
-- could be worked out from them that model_confusion withholds, or that model_gains tells coarsely.

{%- set cell = var('minimum_cell') %}
{%- set scores = "('roc_auc', 'average_precision', 'log_loss', 'brier')" %}

with

fits as (

    select * from {{ ref('target_fits') }}

),

recommendations as (

    select * from {{ ref('recommendation_evaluations') }}

),

errors as (

    select
        *,
        case
            when metric = 'accuracy' then round(least(metric_value, 1 - metric_value) * customers) else 0
        end as smaller_side
    from {{ ref('persona_evaluations') }}

),

by_persona as (

    -- overall accuracy less that of the others would tell a single one that is withheld
    {{ hide_small_cells('errors', 'smaller_side', 'model_id, metric', 'persona_id') }}

),

test_dates as (

    -- declared needs have no test date
    select
        model_id,
        max(observation_date) as observation_date
    from (select model_id, {{ struct_rows('metrics') }} from fits)
    where split = 'test'
    group by model_id

),

measured as (

    select
        target,
        model_id,
        algorithm,
        is_baseline,
        is_champion,
        is_published,
        reason,
        {{ struct_rows('metrics') }}
    from fits

),

few_errors as (

    select distinct target from {{ ref('model_confusion') }}
    where predicted = '(few each)'

),

few_hits as (

    {{ targets_with_few_hits('fits') }}

),

judged as (

    select
        measured.*,
        case
            when measured.metric in ('expected_calibration_error', 'expected_calibration_error_aligned')
                then few_hits.target is not null
            when measured.metric = 'accuracy' and few_errors.target is not null then true
            -- who is right, or wrong, is of few in these rows
            when measured.metric in ('accuracy', 'top_3_hit_rate')
                then least(measured.value, 1 - measured.value) * measured.customers < {{ cell }} - 0.5
            else false
        end as is_coarse,
        few_hits.target is not null as has_few_hits,
        few_hits.target is not null and measured.metric in {{ scores }} as is_score_coarse,
        -- a hit more in one bin is one less in another, and an error of probabilities counts both
        case when measured.metric like 'expected_calibration_error%' then 2 else 1 end as sides
    from measured
    left join few_errors
        on measured.target = few_errors.target
    left join few_hits
        on measured.target = few_hits.target
    where
        case measured.metric
            when 'prevalence'
                then least(measured.value, 1 - measured.value) * measured.customers >= {{ cell }} - 0.5
            when 'balanced_accuracy' then few_errors.target is null
            when 'macro_f1' then few_errors.target is null
            when 'lift_at_10_percent' then few_hits.target is null
            when 'log_loss' then few_hits.target is null or measured.customers >= {{ 20 * cell }}
            -- steps of few customers would still tell, and so would the floor beside them
            when 'calibration_noise_floor'
                then few_hits.target is null or measured.customers >= {{ 200 * cell }}
            when 'expected_calibration_error'
                then few_hits.target is null or measured.customers >= {{ 200 * cell }}
            when 'expected_calibration_error_aligned'
                then few_hits.target is null or measured.customers >= {{ 200 * cell }}
            else true
        end

),

told as (

    select
        *,
        -- the accuracy of the most frequent class is its share
        {%- for column, algorithm in [('value', 'algorithm'), ('baseline_value', 'baseline')] %}
        case
            when
                is_coarse
                and not (
                    metric = 'accuracy' and {{ algorithm }} = 'majority'
                    and least({{ column }}, 1 - {{ column }}) * customers >= {{ cell }} - 0.5
                )
                then {{ share_in_steps(column, 'customers / sides') }}
            when is_score_coarse then {{ score_in_steps('metric', column, 'customers') }}
            else {{ column }}
        end as told_{{ column }},
        {%- endfor %}
        -- the middle of an exact interval would be the exact figure, and one without width says that nobody
        -- erred
        {%- for column in ['low', 'high'] %}
        case
            when is_coarse then null
            when is_score_coarse then {{ score_in_steps('metric', column, 'customers') }}
            when has_few_hits then {{ advantage_in_steps(column, 'customers') }}
            else {{ column }}
        end as told_{{ column }},
        {%- endfor %}
        {%- for column in ['advantage_low', 'advantage_high'] %}
        case
            when is_coarse then null
            when has_few_hits then {{ advantage_in_steps(column, 'customers') }}
            else {{ column }}
        end as told_{{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from judged

)

select
    target,
    model_id,
    algorithm,
    is_baseline,
    is_champion,
    is_published,
    split as evaluation_split,
    observation_date,
    cast(null as varchar) as persona_id,
    metric,
    customers,
    told_value as metric_value,
    told_low as value_low,
    told_high as value_high,
    target || '_' || baseline as baseline_model_id,
    told_baseline_value as baseline_value,
    case
        when not (is_coarse or is_score_coarse) then advantage
        when sides = 2 or metric in ('log_loss', 'brier') then told_baseline_value - told_value
        else told_value - told_baseline_value
    end as advantage,
    told_advantage_low as advantage_low,
    told_advantage_high as advantage_high,
    case when has_few_hits then {{ reason_without_figures('reason') }} else reason end as reason
from told
union all
-- why a target has no model
select
    target,
    model_id,
    algorithm,
    is_baseline,
    is_champion,
    is_published,
    'none' as evaluation_split,
    cast(null as date) as observation_date,
    cast(null as varchar) as persona_id,
    'none' as metric,
    cast(null as integer) as customers,
    cast(null as double) as metric_value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    cast(null as varchar) as baseline_model_id,
    cast(null as double) as baseline_value,
    cast(null as double) as advantage,
    cast(null as double) as advantage_low,
    cast(null as double) as advantage_high,
    reason
from fits
where algorithm = 'none'
union all
select
    fits.target,
    fits.model_id,
    fits.algorithm,
    fits.is_baseline,
    fits.is_champion,
    fits.is_published,
    'test by persona' as evaluation_split,
    test_dates.observation_date,
    by_persona.persona_id,
    by_persona.metric,
    by_persona.customers,
    {%- for column in ['metric_value', 'value_low', 'value_high'] %}
    case
        when few_hits.target is not null
            then {{ score_in_steps('by_persona.metric', 'by_persona.' ~ column, 'by_persona.customers') }}
        else by_persona.{{ column }}
    end as {{ column }},
    {%- endfor %}
    cast(null as varchar) as baseline_model_id,
    cast(null as double) as baseline_value,
    cast(null as double) as advantage,
    cast(null as double) as advantage_low,
    cast(null as double) as advantage_high,
    case
        when few_hits.target is not null then {{ reason_without_figures('fits.reason') }}
        else fits.reason
    end as reason
from by_persona
inner join fits
    on by_persona.model_id = fits.model_id
inner join test_dates
    on by_persona.model_id = test_dates.model_id
left join few_hits
    on fits.target = few_hits.target
where
    not by_persona.is_hidden
    and (
        by_persona.metric != 'log_loss'
        or few_hits.target is null
        or by_persona.customers >= {{ 20 * cell }}
    )
union all
select
    'recommend_' || kind as target,
    'recommend_' || kind || '_' || method as model_id,
    method as algorithm,
    is_baseline,
    not is_baseline as is_champion,
    is_champion as is_published,
    case when is_newest then 'test' else 'earlier' end as evaluation_split,
    observation_date,
    cast(null as varchar) as persona_id,
    'hit_rate_at_5' as metric,
    cast(customers as integer) as customers,
    hit_rate as metric_value,
    value_low,
    value_high,
    'recommend_' || kind || '_' || baseline_method as baseline_model_id,
    baseline_value,
    difference as advantage,
    difference_low as advantage_low,
    difference_high as advantage_high,
    case
        when is_baseline then 'A baseline'
        else 'Held against the best baseline of the same date'
    end
    || case when is_champion then '; its lists are published.' else '; its lists are not published.' end
        as reason
from recommendations
