-- Each word of a name made in this build, and each clause of its sentence, is true of the persona's traits:
-- the members lie to that side of everybody by a quarter of a standard deviation at least.

with

new_names as (

    select * from {{ ref('persona_names') }}
    where not is_kept and not is_override

),

words as (

    select * from {{ ref('persona_vocabulary') }}

),

claims as (

    select
        new_names.persona_id,
        new_names.persona_name,
        words.feature_name,
        words.direction
    from new_names
    inner join words
        on
            {{ matches_pattern('new_names.persona_name', "'(.*, )?' || words.adjective || '[, ].*'") }}
            or {{ matches_pattern(
                'new_names.persona_description', "'.*(who |, )' || words.clause || '[,;.].*'"
            ) }}

),

traits as (

    select * from {{ ref('persona_trait_scores') }}
    where feature_level is null

)

select
    claims.persona_id,
    claims.persona_name,
    claims.feature_name,
    claims.direction,
    traits.z_score
from claims
left join traits
    on claims.persona_id = traits.persona_id and claims.feature_name = traits.feature_name
where
    coalesce(case claims.direction when 'high' then traits.z_score else -traits.z_score end, 0) < 0.25
