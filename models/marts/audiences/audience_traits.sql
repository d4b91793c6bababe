-- What sets each audience apart, by features that are published of each customer as well, held to what may be
-- told of a persona: in the audience, and among all others, whom the overall figures would give away. These
-- are those of persona_traits, since others beside them would tell of few who have no persona.

with

scores as (

    select
        scores.*,
        catalog.family,
        catalog.label,
        catalog.unit,
        scores.feature_level is not null or catalog.value_type = 'boolean' as is_share,
        scores.feature_level is not null as is_level,
        round(scores.known_count * scores.mean) as members_with
    from {{ ref('audience_trait_scores') }} as scores
    inner join {{ ref('feature_catalog') }} as catalog
        on scores.feature_name = catalog.feature_name
    where catalog.no_trait_because is null and scores.z_score is not null

),

judged as (

    {{ judge_shares('scores') }}

),

audiences as (

    select distinct audience from {{ ref('audience_members') }}

),

overall as (

    select distinct
        feature_name,
        feature_level,
        overall_mean
    from {{ ref('persona_traits') }}

),

told as (

    select
        audiences.audience,
        judged.feature_name,
        judged.feature_level,
        judged.label as feature_label,
        judged.family,
        case when judged.is_level then 'share' else judged.unit end as unit,
        judged.known_count,
        judged.mean as member_mean,
        overall.overall_mean,
        case
            when judged.is_share
                then
                    (judged.mean - overall.overall_mean)
                    / nullif(sqrt(overall.overall_mean * (1 - overall.overall_mean)), 0)
            else judged.z_score
        end as z_score,
        judged.is_share
    from audiences
    inner join judged
        on audiences.audience = judged.persona_id
    inner join judged as others
        on
            audiences.audience || ' (others)' = others.persona_id
            and judged.feature_name = others.feature_name
            and judged.feature_level is not distinct from others.feature_level
    inner join overall
        on
            judged.feature_name = overall.feature_name
            and judged.feature_level is not distinct from overall.feature_level
    where judged.is_safe and others.is_safe and not judged.is_withheld and not others.is_withheld

)

select
    audience,
    feature_name,
    feature_level,
    feature_label,
    family,
    unit,
    cast(known_count as integer) as known_count,
    member_mean,
    overall_mean,
    case
        when overall_mean > 0 and unit != '-1 to 1' then 100 * member_mean / overall_mean
    end as index_to_overall,
    -- from exact ones the exact mean of all customers would follow
    case when is_share then z_score else round(z_score, 1) end as z_score,
    cast(row_number() over (
        partition by audience
        order by abs(z_score) desc, feature_name asc, feature_level asc
    ) as integer) as trait_rank
from told
where z_score is not null
