-- Each word of a name made in this build, and each clause of its sentence, is true of the persona's traits:
-- the members lie to that side of everybody by a quarter of a standard deviation at least. What is said of
-- the company's own columns, of levels and of the favourite category, all without vocabulary, is as true.

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

all_traits as (

    select * from {{ ref('persona_trait_scores') }}

),

traits as (

    select * from all_traits
    where feature_level is null

),

own_columns as (

    select
        feature_name,
        value_type,
        replace(attribute, '_', ' ') as label
    from {{ ref('attribute_catalog') }}

),

top_categories as (

    select * from {{ ref('top_categories') }}

),

-- everything that could be said of a trait beyond the vocabulary, and how far the trait bears it out
sayings as (

    select
        all_traits.persona_id,
        all_traits.feature_name,
        'high' as direction,
        'have the ' || coalesce(own_columns.label, replace(all_traits.feature_name, '_', ' ')) || ' '
        || all_traits.feature_level || ' more often than most' as saying,
        all_traits.z_score,
        all_traits.z_score >= 0.5 and all_traits.mean >= 0.5 as is_true
    from all_traits
    left join own_columns
        on all_traits.feature_name = own_columns.feature_name
    where all_traits.feature_level is not null
    union all
    select
        traits.persona_id,
        traits.feature_name,
        'high' as direction,
        case own_columns.value_type
            when 'boolean' then 'say yes to ' || own_columns.label || ' more often than most'
            else 'are above the average in ' || own_columns.label
        end as saying,
        traits.z_score,
        traits.z_score >= 0.25 as is_true
    from traits
    inner join own_columns
        on traits.feature_name = own_columns.feature_name
    union all
    select
        traits.persona_id,
        traits.feature_name,
        'low' as direction,
        case own_columns.value_type
            when 'boolean' then 'say yes to ' || own_columns.label || ' less often than most'
            else 'are below the average in ' || own_columns.label
        end as saying,
        traits.z_score,
        traits.z_score <= -0.25 as is_true
    from traits
    inner join own_columns
        on traits.feature_name = own_columns.feature_name
    union all
    select
        traits.persona_id,
        traits.feature_name,
        'high' as direction,
        'their favourite is ' || top_categories.product_category as saying,
        traits.z_score,
        traits.z_score >= 0.5 as is_true
    from traits
    inner join top_categories
        on traits.feature_name = 'interest_share_' || top_categories.category_column

),

untrue as (

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
    union all
    select
        new_names.persona_id,
        new_names.persona_name,
        sayings.feature_name,
        sayings.direction,
        sayings.z_score
    from new_names
    inner join sayings
        on new_names.persona_id = sayings.persona_id
    where
        not coalesce(sayings.is_true, false)
        -- a saying ends at a comma, a semicolon or the full stop
        and position(
            lower(translate(sayings.saying, ';.', ',,')) || ','
            in lower(translate(new_names.persona_description, ';.', ',,'))
        ) > 0

)

select * from untrue
