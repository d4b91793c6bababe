-- What sets each audience apart, by features that are published of each customer as well, held to what may be
-- told of a persona: in the audience, among all others, whom the overall figures would give away, and among
-- the others of the personas that it has members of, whom the traits of these would. Overall figures are
-- those of persona_traits, since others beside them would tell of few who have no persona.

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

personas as (

    select distinct
        audience_members.audience,
        customers.persona_id,
        min(case when customers.persona_id is null then 0 else 1 end) over (
            partition by audience_members.audience
        ) = 1 as all_members_have_one
    from {{ ref('audience_members') }} as audience_members
    inner join {{ ref('customers') }} as customers
        on audience_members.customer_id = customers.customer_id

),

-- what the traits of its personas less its own would tell, where all its members have one
others_of_personas as (

    select
        personas.audience || ' (others of its personas)' as persona_id,
        scores.feature_name,
        scores.feature_level,
        scores.is_share,
        scores.is_level,
        sum(traits.known_count) - scores.known_count as known_count,
        sum(round(traits.known_count * traits.mean)) - scores.members_with as members_with
    from personas
    inner join scores
        on personas.audience = scores.persona_id
    inner join {{ ref('persona_trait_scores') }} as traits
        on
            personas.persona_id = traits.persona_id
            and scores.feature_name = traits.feature_name
            and scores.feature_level is not distinct from traits.feature_level
    where personas.all_members_have_one
    group by
        personas.audience,
        scores.feature_name,
        scores.feature_level,
        scores.is_share,
        scores.is_level,
        scores.known_count,
        scores.members_with
    having sum(traits.known_count) > scores.known_count

),

sides as (

    select
        persona_id,
        feature_name,
        feature_level,
        is_share,
        is_level,
        known_count,
        members_with,
        family,
        label,
        unit,
        mean,
        z_score
    from scores
    union all
    select
        persona_id,
        feature_name,
        feature_level,
        is_share,
        is_level,
        known_count,
        members_with,
        null as family,
        null as label,
        null as unit,
        null as mean,
        null as z_score
    from others_of_personas

),

judged as (

    {{ judge_shares('sides') }}

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
    -- none where all members of its personas are in the audience
    left join judged as nearest
        on
            audiences.audience || ' (others of its personas)' = nearest.persona_id
            and judged.feature_name = nearest.feature_name
            and judged.feature_level is not distinct from nearest.feature_level
    inner join overall
        on
            judged.feature_name = overall.feature_name
            and judged.feature_level is not distinct from overall.feature_level
    where
        judged.is_safe and not judged.is_withheld
        and others.is_safe and not others.is_withheld
        and coalesce(nearest.is_safe and not nearest.is_withheld, true)

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
