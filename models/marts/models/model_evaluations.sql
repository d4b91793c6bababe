with

fits as (

    select * from {{ ref('target_fits') }}

),

recommendations as (

    select * from {{ ref('recommendation_evaluations') }}

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

)

select
    target,
    model_id,
    algorithm,
    is_baseline,
    is_champion,
    is_published,
    case when persona_id is null then split else 'test by persona' end as evaluation_split,
    observation_date,
    persona_id,
    metric,
    customers,
    value as metric_value,
    low as value_low,
    high as value_high,
    target || '_' || baseline as baseline_model_id,
    baseline_value,
    advantage,
    advantage_low,
    advantage_high,
    reason
from measured
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
