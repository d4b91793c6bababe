-- A persona keeps its name. Where its traits have turned against a word of it since, somebody should give it
-- another one in the seed persona_overrides.

{{ config(severity='warn') }}

with

kept_names as (

    select * from {{ ref('persona_names') }}
    where is_kept and not is_override

),

words as (

    select * from {{ ref('persona_vocabulary') }}

),

traits as (

    select * from {{ ref('persona_trait_scores') }}
    where feature_level is null

)

select
    kept_names.persona_id,
    kept_names.persona_name,
    words.adjective,
    traits.z_score
from kept_names
inner join words
    on {{ matches_pattern('kept_names.persona_name', "'(.*, )?' || words.adjective || '[, ].*'") }}
inner join traits
    on kept_names.persona_id = traits.persona_id and words.feature_name = traits.feature_name
where case words.direction when 'high' then traits.z_score else -traits.z_score end < 0
