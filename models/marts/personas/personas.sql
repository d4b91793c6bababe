with

members as (

    select
        scores.persona_id,
        scores.confidence,
        features.spend_365d,
        features.outlier_lines,
        -- as marts.customers has it, so that its plain mean is the persona's
        cast(features.satisfaction as decimal(5, 1)) as satisfaction
    from {{ ref('customer_persona_scores') }} as scores
    inner join {{ ref('customer_features') }} as features
        on scores.customer_id = features.customer_id
    where features.is_as_of

),

traits as (

    select
        persona_id,
        max(case when feature_name = 'recency_days' then mean end) as mean_recency_days,
        max(case when feature_name = 'frequency' then mean end) as mean_frequency,
        max(case when feature_name = 'monetary_value' then mean end) as mean_monetary_value
    from {{ ref('persona_trait_scores') }}
    group by persona_id

),

champion as (

    select * from {{ ref('segmentation_champion') }}

),

clusters as (

    select {{ struct_rows('personas') }} from champion

),

births as (

    select
        persona_id,
        min(event_on) as born_on
    from {{ ref('persona_events') }}
    where event in ('born', 'split')
    group by persona_id

),

persona_names as (

    select * from {{ ref('persona_names') }}

),

bounds as (

    select percentile_disc(0.99) within group (order by spend_365d) as highest_spend
    from members

),

bounded_members as (

    select
        members.*,
        -- a giant order, often a slip of the keyboard, shall not decide what a persona is worth
        case
            when members.spend_365d > bounds.highest_spend then bounds.highest_spend
            else members.spend_365d
        end as bounded_spend
    from members
    cross join bounds

),

totals as (

    select
        count(*) as customer_count,
        sum(bounded_spend) as bounded_spend
    from bounded_members

),

grouped as (

    select
        persona_id,
        count(*) as customer_count,
        sum(spend_365d) as spend_365d,
        sum(bounded_spend) as bounded_spend,
        count(case when outlier_lines > 0 then 1 end) as outlier_customer_count,
        {{ exact_mean('confidence') }} as mean_confidence,
        {{ exact_mean('satisfaction') }} as satisfaction
    from bounded_members
    group by persona_id

),

figures as (

    -- a persona of very few keeps its figures to itself, and with it the smallest other one
    select
        persona_id,
        {%- for column in [
            'customer_count', 'spend_365d', 'bounded_spend', 'outlier_customer_count', 'mean_confidence',
            'satisfaction'
        ] %}
        case when not is_hidden then {{ column }} end as {{ column }},
        {%- endfor %}
        is_hidden
    from ({{ hide_small_cells('grouped', 'customer_count', 'true', 'persona_id') }}) as hidden

)

select
    figures.persona_id,
    persona_names.persona_name,
    persona_names.persona_description,
    cast(figures.customer_count as integer) as customer_count,
    {{ ratio('figures.customer_count', 'totals.customer_count') }} as customer_share,
    cast(figures.spend_365d as decimal(18, 2)) as spend_365d,
    {{ ratio('figures.bounded_spend', 'totals.bounded_spend') }} as revenue_share,
    case
        when not {{ is_small_side('figures.outlier_customer_count', 'figures.customer_count') }}
            then cast(figures.outlier_customer_count as integer)
    end as outlier_customer_count,
    case when not figures.is_hidden then traits.mean_recency_days end as mean_recency_days,
    case when not figures.is_hidden then traits.mean_frequency end as mean_frequency,
    case when not figures.is_hidden then traits.mean_monetary_value end as mean_monetary_value,
    figures.satisfaction,
    figures.mean_confidence,
    case
        when champion.algorithm = 'everybody' then 'everybody'
        when champion.role = 'fallback' then 'RFM segments'
        when champion.is_continuum then 'slices of a continuum'
        else 'groups'
    end as persona_kind,
    clusters.gap as density_gap,
    clusters.is_apart,
    champion.metrics['apart_share'] as apart_share,
    clusters.jaccard as jaccard_stability,
    champion.metrics['silhouette'] as silhouette,
    champion.metrics['usefulness'] as usefulness,
    champion.metrics['surrogate_fidelity'] as surrogate_fidelity,
    births.born_on,
    persona_names.named_on,
    champion.champion_id,
    champion.model_id,
    champion.feature_set,
    champion.fitted_on,
    champion.reason as champion_reason,
    champion.status as champion_status
from figures
cross join totals
cross join champion
inner join persona_names
    on figures.persona_id = persona_names.persona_id
left join clusters
    on figures.persona_id = clusters.persona_id
left join births
    on figures.persona_id = births.persona_id
left join traits
    on figures.persona_id = traits.persona_id
