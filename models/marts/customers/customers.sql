with

features as (

    select * from {{ ref('customer_features') }}
    where is_as_of

),

profiles as (

    select * from {{ ref('customer_profiles') }}

),

rfm as (

    select * from {{ ref('rfm_scores') }}
    where is_as_of

),

rfm_before as (

    select * from {{ ref('rfm_scores') }}
    where not is_as_of

),

persona_scores as (

    select * from {{ ref('customer_persona_scores') }}

),

persona_names as (

    select * from {{ ref('persona_names') }}

),

persona_reasons as (

    select
        customer_id,
        max(case when reason_rank = 1 then reason end) as persona_reason,
        max(case when reason_rank = 2 then reason end) as persona_second_reason
    from {{ ref('customer_persona_reasons') }}
    group by customer_id

),

personas_before as (

    select * from {{ ref('persona_before') }}

),

earlier_builds as (

    select count(*) as builds
    from {{ ref('stg_state__persona_builds') }} as persona_builds
    inner join {{ ref('current_build') }} as current_build
        on persona_builds.as_of_date < current_build.as_of_date

),

purchase_probabilities as (

    select
        customer_id,
        probability
    from {{ ref('customer_target_scores') }}
    where target = 'will_purchase' and class = 'yes'

),

next_needs as (

    select
        customer_id,
        need,
        probability
    from {{ ref('customer_needs') }}
    where target = 'next_need' and need_rank = 1

),

need_reasons as (

    select
        customer_id,
        max(case when target = 'will_purchase' and predicted = 'yes' then reason end) as purchase_reason,
        max(case when target = 'will_purchase' and predicted = 'no' then reason end) as churn_reason,
        max(case when target = 'next_need' then reason end) as next_need_reason
    from {{ ref('customer_need_reasons') }}
    where reason_rank = 1
    group by customer_id

),

declared_needs as (

    select * from {{ ref('customer_declared_needs') }}
    where target_rank = 1

)

select
    features.customer_id,
    features.observation_date as as_of_date,
    profiles.age_band,
    profiles.gender,
    profiles.country,
    profiles.region,
    coalesce(features.marketing_consent, 'unknown') as marketing_consent,
    cast(features.tenure_days as integer) as tenure_days,
    cast(features.recency_days as integer) as recency_days,
    cast(features.frequency as integer) as frequency,
    cast(features.monetary_value as decimal(18, 2)) as monetary_value,
    cast(features.average_order_value as decimal(18, 2)) as average_order_value,
    cast(features.spend_365d as decimal(18, 2)) as spend_365d,
    rfm.r_score,
    rfm.f_score,
    rfm.m_score,
    rfm.rfm_segment,
    rfm_before.rfm_segment as rfm_segment_before,
    cast(features.feedback_count as integer) as feedback_count,
    cast(features.satisfaction as decimal(5, 1)) as satisfaction,
    cast(features.complaints as integer) as complaints,
    persona_scores.persona_id,
    persona_names.persona_name,
    persona_scores.confidence as persona_confidence,
    persona_reasons.persona_reason,
    persona_reasons.persona_second_reason,
    persona_scores.second_persona_id,
    second_names.persona_name as second_persona_name,
    case
        when persona_scores.persona_id = personas_before.persona_id then personas_before.persona_since
        when persona_scores.persona_id is not null then features.observation_date
    end as persona_since,
    case
        when not coalesce(persona_scores.persona_id = personas_before.persona_id, false)
            then personas_before.persona_id
    end as left_persona_id,
    earlier_builds.builds > 0
    and persona_scores.persona_id is not null
    and not coalesce(persona_scores.persona_id = personas_before.persona_id, false) as has_entered_persona,
    personas_before.persona_id is not null
    and not coalesce(persona_scores.persona_id = personas_before.persona_id, false) as has_left_persona,
    purchase_probabilities.probability as purchase_probability,
    -- somebody who never bought cannot stop buying
    case when features.frequency > 0 then 1 - purchase_probabilities.probability end
        as churn_probability,
    need_reasons.purchase_reason,
    case when features.frequency > 0 then need_reasons.churn_reason end as churn_reason,
    next_needs.need as next_need,
    next_needs.probability as next_need_probability,
    need_reasons.next_need_reason,
    declared_needs.target as declared_target,
    declared_needs.declared_need,
    declared_needs.likely_need as likely_declared_need,
    declared_needs.likely_need_probability as likely_declared_need_probability,
    declared_needs.positive_need,
    declared_needs.positive_need_probability,
    coalesce(features.frequency > 0, false) as has_purchased,
    features.is_profile_known,
    coalesce(features.outlier_lines > 0, false) as has_outlier_quantity,
    coalesce(features.has_email or features.has_phone, false) as is_reachable
from features
inner join profiles
    on features.customer_id = profiles.customer_id
left join rfm
    on features.customer_id = rfm.customer_id
left join rfm_before
    on features.customer_id = rfm_before.customer_id
left join persona_scores
    on features.customer_id = persona_scores.customer_id
left join persona_names
    on persona_scores.persona_id = persona_names.persona_id
left join persona_names as second_names
    on persona_scores.second_persona_id = second_names.persona_id
left join persona_reasons
    on features.customer_id = persona_reasons.customer_id
left join personas_before
    on features.customer_id = personas_before.customer_id
cross join earlier_builds
left join purchase_probabilities
    on features.customer_id = purchase_probabilities.customer_id
left join next_needs
    on features.customer_id = next_needs.customer_id
left join need_reasons
    on features.customer_id = need_reasons.customer_id
left join declared_needs
    on features.customer_id = declared_needs.customer_id
