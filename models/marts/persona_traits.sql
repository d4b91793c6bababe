with

traits as (

    select * from {{ ref('persona_trait_scores') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

),

persona_names as (

    select * from {{ ref('persona_names') }}

)

select
    traits.persona_id,
    persona_names.persona_name,
    traits.feature_name,
    traits.feature_level,
    catalog.family,
    case when traits.feature_level is null then catalog.unit else 'share' end as unit,
    cast(traits.known_count as integer) as known_count,
    traits.mean as member_mean,
    traits.median as member_median,
    traits.overall_mean,
    traits.overall_median,
    -- 100: as everybody; where the overall mean is not above zero an index would mislead
    case
        when traits.overall_mean > 0 and catalog.unit != '-1 to 1'
            then 100 * traits.mean / traits.overall_mean
    end as index_to_overall,
    traits.z_score,
    cast(row_number() over (
        partition by traits.persona_id
        order by
            abs(traits.z_score) desc nulls last, traits.feature_name asc, traits.feature_level asc
    ) as integer) as trait_rank
from traits
inner join catalog
    on traits.feature_name = catalog.feature_name
inner join persona_names
    on traits.persona_id = persona_names.persona_id
-- what is the same for everybody sets nobody apart
where traits.z_score is not null
