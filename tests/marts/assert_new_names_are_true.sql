-- What a name made in this build says holds in the persona's traits, and it says the strongest of those that
-- personas may be formed on: members lie to that side of everybody by a quarter of a standard deviation at
-- least, a level or a yes is what most have, and "no" or another level what most have not.

with

new_names as (

    select
        persona_names.persona_id,
        persona_names.persona_name
    from {{ ref('persona_names') }} as persona_names
    inner join {{ ref('personas') }} as personas
        on persona_names.persona_id = personas.persona_id
    where
        not persona_names.is_kept and not persona_names.is_override
        -- what stands in for personas has names of its own
        and personas.persona_kind in ('groups', 'slices of a continuum')

),

traits as (

    select
        traits.*,
        catalog.in_segmentation
    from {{ ref('persona_trait_scores') }} as traits
    inner join {{ ref('feature_catalog') }} as catalog
        on traits.feature_name = catalog.feature_name

),

words as (

    select
        words.*,
        traits.z_score as trait_z_score,
        traits.mean as trait_mean
    from {{ ref('persona_words') }} as words
    left join traits
        on
            words.persona_id = traits.persona_id
            and words.feature_name = traits.feature_name
            and words.feature_level is not distinct from traits.feature_level

),

strongest as (

    select
        persona_id,
        max(abs(z_score)) as strength
    from traits
    where in_segmentation
    group by persona_id

)

-- a word that is not so
select
    new_names.persona_id,
    new_names.persona_name,
    words.feature_name,
    words.feature_level,
    words.trait_z_score,
    words.trait_mean
from new_names
inner join words
    on new_names.persona_id = words.persona_id
where
    abs(words.trait_z_score) < 0.25
    or words.trait_z_score is null
    or (words.direction in ('high', 'more', 'level', 'more_level') and words.trait_z_score < 0)
    or (words.direction in ('low', 'less', 'other', 'less_level') and words.trait_z_score > 0)
    or (words.direction = 'level' and words.trait_mean < 0.5)
    or (words.direction = 'other' and words.trait_mean >= 0.5)
    or (words.direction = 'low' and words.phrase like 'no %' and words.trait_mean >= 0.5)
union all
-- a name without the word of the strongest trait
select
    new_names.persona_id,
    new_names.persona_name,
    null as feature_name,
    null as feature_level,
    strongest.strength as trait_z_score,
    null as trait_mean
from new_names
inner join strongest
    on new_names.persona_id = strongest.persona_id
where
    strongest.strength >= 0.25
    and not exists (
        select words.persona_id
        from words
        where
            words.persona_id = new_names.persona_id
            and words.is_strongest
            and position(
                coalesce(words.product_category, words.adjective, words.phrase) in new_names.persona_name
            ) > 0
    )
