-- What sets each persona apart. Left out are figures of very few members, and shares by which so few could be
-- told: with each of these the same share of another persona, and of both the largest two levels of the
-- category, so that neither the shares of everybody nor those of the other levels give it away.

with

traits as (

    select * from {{ ref('persona_trait_scores') }}
    where known_count >= {{ var('minimum_cell') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

),

persona_names as (

    select * from {{ ref('persona_names') }}

),

counted as (

    select
        traits.*,
        catalog.family,
        catalog.unit,
        case
            when traits.feature_level is not null or catalog.value_type = 'boolean'
                then round(traits.known_count * traits.mean)
        end as customers_with,
        case
            when traits.feature_level is not null or catalog.value_type = 'boolean'
                then least(
                    round(traits.known_count * traits.mean),
                    traits.known_count - round(traits.known_count * traits.mean)
                )
            else 0
        end as smaller_side
    from traits
    inner join catalog
        on traits.feature_name = catalog.feature_name

),

levels as (

    select
        feature_name,
        feature_level,
        row_number() over (
            partition by feature_name order by sum(customers_with) desc, feature_level asc
        ) as level_rank
    from counted
    where feature_level is not null
    group by feature_name, feature_level

),

hidden as (

    {{ hide_small_cells('counted', 'smaller_side', 'feature_name, feature_level', 'persona_id') }}

),

shown as (

    select *
    from (
        select
            hidden.*,
            max(case when hidden.is_hidden then 1 else 0 end) over (
                partition by hidden.persona_id, hidden.feature_name
            ) = 1 as is_beside_hidden,
            levels.level_rank
        from hidden
        left join levels
            on hidden.feature_name = levels.feature_name and hidden.feature_level = levels.feature_level
    ) as beside
    where not is_hidden and not (is_beside_hidden and coalesce(level_rank <= 2, false))

)

select
    shown.persona_id,
    persona_names.persona_name,
    shown.feature_name,
    shown.feature_level,
    shown.family,
    case when shown.feature_level is null then shown.unit else 'share' end as unit,
    cast(shown.known_count as integer) as known_count,
    shown.mean as member_mean,
    shown.median as member_median,
    shown.overall_mean,
    shown.overall_median,
    -- 100: as everybody; where the overall mean is not above zero an index would mislead
    case
        when shown.overall_mean > 0 and shown.unit != '-1 to 1'
            then 100 * shown.mean / shown.overall_mean
    end as index_to_overall,
    shown.z_score,
    cast(row_number() over (
        partition by shown.persona_id
        order by
            abs(shown.z_score) desc nulls last, shown.feature_name asc, shown.feature_level asc
    ) as integer) as trait_rank
from shown
inner join persona_names
    on shown.persona_id = persona_names.persona_id
-- what is the same for everybody sets nobody apart
where shown.z_score is not null
