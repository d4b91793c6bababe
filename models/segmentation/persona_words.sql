-- The traits that a persona is named and described by, the strongest first: one of each family of features,
-- of a company's own columns and of RFM more, of those that say the same of the same members one.

with

traits as (

    select
        traits.persona_id,
        traits.feature_name,
        traits.feature_level,
        traits.z_score,
        traits.mean,
        catalog.family,
        catalog.value_type,
        catalog.in_segmentation,
        -- a feature is as strong as its strongest level, and said by one that most members show
        max(abs(traits.z_score)) over (partition by traits.persona_id, traits.feature_name) as strength,
        row_number() over (
            partition by traits.persona_id, traits.feature_name
            order by
                coalesce(traits.z_score >= 0.5 and traits.mean >= 0.5, false) desc,
                abs(traits.z_score) desc,
                traits.feature_level asc
        ) as level_rank
    from {{ ref('persona_trait_scores') }} as traits
    inner join {{ ref('feature_catalog') }} as catalog
        on traits.feature_name = catalog.feature_name
    where traits.z_score is not null and catalog.no_trait_because is null

),

said as (

    select
        traits.*,
        words.adjective,
        words.phrase,
        words.clause,
        words.product_category,
        words.direction,
        row_number() over (
            partition by
                traits.persona_id, words.product_category is not null, round(traits.strength, 6),
                round(abs(traits.z_score), 6)
            order by
                -- the one that the personas rest on, where the same members have both
                traits.in_segmentation desc,
                length(coalesce(words.phrase, '') || coalesce(traits.feature_level, '')) asc,
                traits.feature_name asc
        ) as twin_rank
    from traits
    inner join {{ ref('feature_words') }} as words
        on
            traits.feature_name = words.feature_name
            and words.direction = case
                when traits.value_type = 'numeric' and traits.z_score > 0 then 'high'
                when traits.value_type = 'numeric' then 'low'
                when traits.feature_level is null and traits.z_score > 0 and traits.mean >= 0.5 then 'high'
                when traits.feature_level is null and traits.z_score > 0 then 'more'
                -- "no garden" is only true where most have none
                when traits.feature_level is null and traits.mean < 0.5 then 'low'
                when traits.feature_level is null then 'less'
                when traits.z_score > 0 and traits.mean >= 0.5 then 'level'
                when traits.z_score > 0 then 'more_level'
                when traits.mean < 0.5 then 'other'
                else 'less_level'
            end
    where
        traits.level_rank = 1
        -- less than a quarter of a standard deviation is no trait worth a word
        and traits.strength >= 0.25 and abs(traits.z_score) >= 0.25

),

judged as (

    select
        *,
        rank() over (
            partition by persona_id order by case when in_segmentation then strength else 0 end desc
        ) = 1 as is_strongest,
        -- what reads well; how a minority differs is said only where nothing differs more
        direction in ('high', 'low') or direction = 'level' and z_score >= 0.5 as is_plain,
        row_number() over (
            partition by persona_id, family, product_category is not null
            order by
                direction in ('high', 'low') or direction = 'level' and z_score >= 0.5 desc,
                strength desc, twin_rank asc, feature_name asc
        ) as family_rank
    from said

),

kinds as (

    select
        *,
        case
            when product_category is not null and family_rank = 1 and (z_score >= 0.5 or is_strongest)
                then 'favourite'
            when product_category is not null then null
            -- most care little for most categories
            when family = 'interests' and not is_strongest then null
            when is_strongest and twin_rank = 1 then 'word'
            when twin_rank = 1 and is_plain and (family_rank = 1 or family in ('rfm', 'attributes'))
                then 'word'
        end as kind
    from judged

)

select
    persona_id,
    feature_name,
    feature_level,
    direction,
    kind,
    cast(row_number() over (
        partition by persona_id, kind order by strength desc, feature_name asc
    ) as integer) as word_rank,
    z_score,
    mean,
    is_strongest,
    case
        when
            feature_name = 'gender' and direction = 'level'
            and lower(feature_level) in ('f', 'female', 'w', 'woman')
            then 'Female'
        when feature_name = 'gender' and direction = 'level' and lower(feature_level) in ('m', 'male', 'man')
            then 'Male'
        else adjective
    end as adjective,
    phrase || coalesce(feature_level, '')
    || case direction
        when 'more_level' then ' more often than most'
        when 'less_level' then ' less often than most'
        else ''
    end as phrase,
    clause
    || case
        when feature_level is null then ''
        when z_score > 0 then feature_level || ' more often than most'
        else feature_level || ' less often than most'
    end as clause,
    product_category
from kinds
where kind is not null
