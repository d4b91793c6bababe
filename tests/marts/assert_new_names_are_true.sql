-- What a name made in this build says of a persona holds in its traits: the members lie to that side of
-- everybody by a quarter of a standard deviation at least, most of them show the level, and half a standard
-- deviation more of their interest goes to the favourite category.

with

new_names as (

    select * from {{ ref('persona_names') }}
    where not is_kept and not is_override

),

traits as (

    select * from {{ ref('persona_trait_scores') }}

),

words as (

    select * from {{ ref('feature_words') }}

),

claims as (

    select
        new_names.persona_id,
        new_names.persona_name,
        words.feature_name,
        cast(null as varchar) as feature_level,
        case words.direction when 'high' then 1 else -1 end as side,
        case when words.product_category is not null then 0.5 else 0.25 end as at_least
    from new_names
    inner join words
        on
            {{ matches_pattern('new_names.persona_name', "'(.*, )?' || words.adjective || '[, ].*'") }}
            or {{ matches_pattern(
                'new_names.persona_description', "'.*(who |, )' || words.clause || '[,;.].*'"
            ) }}
            or {{ matches_pattern(
                'new_names.persona_description', "'.*their favourite is ' || words.product_category || '[.]'"
            ) }}
    where words.direction != 'level'
    union all
    select
        new_names.persona_id,
        new_names.persona_name,
        traits.feature_name,
        traits.feature_level,
        1 as side,
        0.5 as at_least
    from new_names
    inner join traits
        on new_names.persona_id = traits.persona_id
    inner join words
        on traits.feature_name = words.feature_name and words.direction = 'level'
    where
        position(
            words.clause || ' ' || traits.feature_level || ' more often than most'
            in new_names.persona_description
        ) > 0

)

select
    claims.persona_id,
    claims.persona_name,
    claims.feature_name,
    claims.feature_level,
    traits.z_score,
    traits.mean
from claims
left join traits
    on
        claims.persona_id = traits.persona_id
        and claims.feature_name = traits.feature_name
        and claims.feature_level is not distinct from traits.feature_level
where
    coalesce(claims.side * traits.z_score < claims.at_least, true)
    or (claims.feature_level is not null and traits.mean < 0.5)
