-- What sets each audience apart, by features that are published of each customer as well. Told where enough
-- are in it and outside it.

with

scores as (

    select * from {{ ref('audience_trait_scores') }}

),

audiences as (

    select
        audience,
        count(*) as customer_count
    from {{ ref('audience_members') }}
    group by audience

),

told as (

    select
        audiences.audience,
        scores.feature_name,
        scores.feature_level,
        catalog.label as feature_label,
        catalog.family,
        case when scores.feature_level is null then catalog.unit else 'share' end as unit,
        scores.known_count,
        scores.mean as member_mean,
        scores.overall_mean,
        scores.z_score
    from audiences
    inner join scores
        on audiences.audience = scores.persona_id
    inner join scores as others
        on
            audiences.audience || ' (others)' = others.persona_id
            and scores.feature_name = others.feature_name
            and scores.feature_level is not distinct from others.feature_level
    inner join {{ ref('feature_catalog') }} as catalog
        on scores.feature_name = catalog.feature_name
    where
        scores.known_count >= {{ var('minimum_cell') }}
        and others.known_count >= {{ var('minimum_cell') }}
        and scores.z_score is not null
        and catalog.no_trait_because is null

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
    z_score,
    cast(row_number() over (
        partition by audience
        order by abs(z_score) desc, feature_name asc, feature_level asc
    ) as integer) as trait_rank
from told
