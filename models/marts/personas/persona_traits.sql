-- What sets each persona apart, so that no figure tells about fewer than minimum_cell members, alone or with
-- others; in overall figures a share that is not told counts as that of one member, or of all but one.

{%- set cell = var('minimum_cell') %}

with

traits as (

    select
        traits.*,
        catalog.family,
        catalog.label,
        catalog.unit,
        catalog.is_published,
        traits.feature_level is not null or catalog.value_type = 'boolean' as is_share,
        traits.feature_level is not null as is_level,
        round(traits.known_count * traits.mean) as members_with
    from {{ ref('persona_trait_scores') }} as traits
    inner join {{ ref('feature_catalog') }} as catalog
        on traits.feature_name = catalog.feature_name
    where catalog.no_trait_because is null

),

persona_names as (

    select names.*
    from {{ ref('persona_names') }} as names
    -- a persona that keeps its size to itself is told in no other way either
    inner join {{ ref('personas') }} as personas
        on names.persona_id = personas.persona_id
    where personas.customer_count is not null

),

judged as (

    {{ judge_shares('traits') }}

),

told as (

    select
        *,
        max(case when is_withheld and known_count > 0 then 1 else 0 end) over (
            partition by feature_name, feature_level
        ) = 1 as has_withheld,
        {{ ratio(
            'sum(case when not is_withheld then told_sum end)'
            ~ ' over (partition by feature_name, feature_level)',
            'sum(case when not is_withheld then known_count end)'
            ~ ' over (partition by feature_name, feature_level)',
        ) }} as told_mean
    from (
        select
            *,
            case
                when not is_share then cast(round(known_count * mean, 6) as decimal(38, 6))
                when is_safe then members_with
                when is_of_nearly_all then known_count - 1
                else 1
            end as told_sum
        from judged
    ) as summed

),

shown as (

    select
        *,
        case when is_share or has_withheld then told_mean else overall_mean end as told_overall_mean,
        case
            when is_share then (mean - told_mean) / nullif(sqrt(greatest(told_mean * (1 - told_mean), 0)), 0)
            -- exact ones would give away those who are withheld, or who joined since the version before
            when has_withheld or not is_published then round(z_score, 1)
            else z_score
        end as told_z_score
    from told
    where is_safe and not is_withheld

),

rounded as (

    -- of figures that are published of nobody, two digits: from the exact means of two versions and one new
    -- member the member's own figure could be worked out
    select
        *,
        case
            when is_share or is_published then mean
            else {{ rounded_to_digits('mean', 2) }}
        end as rounded_mean,
        case
            when is_share or is_published then told_overall_mean
            else {{ rounded_to_digits('told_overall_mean', 2) }}
        end as rounded_overall_mean
    from shown

)

select
    rounded.persona_id,
    persona_names.persona_name,
    rounded.feature_name,
    rounded.feature_level,
    rounded.label as feature_label,
    rounded.family,
    case when rounded.is_level then 'share' else rounded.unit end as unit,
    cast(rounded.known_count as integer) as known_count,
    rounded.rounded_mean as member_mean,
    -- the median of few is the very figure of one of them
    case when rounded.is_published or rounded.known_count >= 4 * {{ cell }} then rounded.median end
        as member_median,
    rounded.rounded_overall_mean as overall_mean,
    case when not rounded.has_withheld then rounded.overall_median end as overall_median,
    -- 100: as everybody; where the overall mean is not above zero an index would mislead
    case
        when rounded.rounded_overall_mean > 0 and rounded.unit != '-1 to 1'
            then 100 * rounded.rounded_mean / rounded.rounded_overall_mean
    end as index_to_overall,
    rounded.told_z_score as z_score,
    cast(row_number() over (
        partition by rounded.persona_id
        order by
            abs(rounded.told_z_score) desc nulls last, rounded.feature_name asc, rounded.feature_level asc
    ) as integer) as trait_rank
from rounded
inner join persona_names
    on rounded.persona_id = persona_names.persona_id
-- what is the same for everybody sets nobody apart
where rounded.told_z_score is not null
