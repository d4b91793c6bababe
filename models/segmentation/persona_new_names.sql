-- A name and a sentence for each persona in force, made from its strongest traits through the words
-- of persona_vocabulary. persona_names says which personas take it.

with

traits as (

    select * from {{ ref('persona_trait_scores') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

),

vocabulary as (

    select * from {{ ref('persona_vocabulary') }}

),

top_categories as (

    select * from {{ ref('top_categories') }}

),

own_words as (

    select
        feature_name,
        value_type,
        replace(attribute, '_', ' ') as label,
        replace(attribute, '_', '-') as adjective
    from {{ ref('attribute_catalog') }}

),

worded as (

    select
        traits.persona_id,
        traits.feature_name,
        catalog.family,
        traits.z_score,
        -- a company's own columns and levels have no words in the vocabulary: their names must do
        case
            when traits.feature_level is not null
                then upper(left(traits.feature_level, 1)) || substr(traits.feature_level, 2)
            when own_words.value_type = 'boolean' and traits.z_score > 0 then 'Yes-' || own_words.adjective
            when own_words.value_type = 'boolean' then 'No-' || own_words.adjective
            when own_words.label is not null and traits.z_score > 0 then 'High-' || own_words.adjective
            when own_words.label is not null then 'Low-' || own_words.adjective
            else vocabulary.adjective
        end as adjective,
        case
            when traits.feature_level is not null
                then
                    'have the ' || coalesce(own_words.label, replace(traits.feature_name, '_', ' ')) || ' '
                    || traits.feature_level || ' more often than most'
            when own_words.value_type = 'boolean' and traits.z_score > 0
                then 'say yes to ' || own_words.label || ' more often than most'
            when own_words.value_type = 'boolean'
                then 'say yes to ' || own_words.label || ' less often than most'
            when own_words.label is not null and traits.z_score > 0
                then 'are above the average in ' || own_words.label
            when own_words.label is not null then 'are below the average in ' || own_words.label
            else vocabulary.clause
        end as clause,
        upper(left(top_categories.product_category, 1))
        || substr(top_categories.product_category, 2) as product_category,
        row_number() over (
            partition by
                traits.persona_id, catalog.family, top_categories.product_category is not null
            order by abs(traits.z_score) desc, traits.feature_name asc, traits.feature_level asc
        ) as family_rank
    from traits
    inner join catalog
        on traits.feature_name = catalog.feature_name
    left join own_words
        on traits.feature_name = own_words.feature_name
    left join vocabulary
        on
            traits.feature_name = vocabulary.feature_name
            and vocabulary.direction = case when traits.z_score > 0 then 'high' else 'low' end
    left join top_categories
        on
            traits.feature_name = 'interest_share_' || top_categories.category_column
            and traits.z_score > 0
            -- what personas are not formed on does not name them
            and catalog.in_segmentation
    where
        (
            (vocabulary.adjective is not null and traits.feature_level is null)
            or (own_words.label is not null and traits.feature_level is null)
            -- a level is worth a word where most members show it
            or (
                traits.feature_level is not null
                and catalog.family in ('demographics', 'attributes')
                and traits.z_score >= 0.5
                and traits.mean >= 0.5
            )
            or top_categories.product_category is not null
        )
        -- less than a quarter of a standard deviation is no trait worth a word
        and abs(traits.z_score) >= 0.25

),

adjectives as (

    select
        *,
        row_number() over (
            partition by persona_id order by abs(z_score) desc, feature_name asc, adjective asc
        ) as word_rank
    from worded
    where adjective is not null and (family_rank = 1 or family in ('rfm', 'attributes'))

),

favourite_categories as (

    select
        persona_id,
        product_category
    from worded
    where product_category is not null and family_rank = 1 and z_score >= 0.5

),

phrases as (

    select
        persona_id,
        {{ dbt.listagg('case when word_rank <= 2 then adjective end', "', '", 'order by word_rank') }}
            as two_words,
        {{ dbt.listagg('case when word_rank <= 3 then adjective end', "', '", 'order by word_rank') }}
            as three_words,
        {{ dbt.listagg('case when word_rank <= 5 then adjective end', "', '", 'order by word_rank') }}
            as five_words,
        {{ dbt.listagg('case when word_rank <= 4 then clause end', "', '", 'order by word_rank') }}
            as clauses
    from adjectives
    group by persona_id

),

personas as (

    select distinct persona_id from {{ ref('customer_persona_scores') }}

),

named as (

    select
        personas.persona_id,
        coalesce(phrases.two_words || ' ', 'Average ')
        || coalesce(favourite_categories.product_category || ' ', '')
        || 'Customers' as short_name,
        coalesce(phrases.three_words || ' ', 'Average ')
        || coalesce(favourite_categories.product_category || ' ', '')
        || 'Customers' as longer_name,
        coalesce(phrases.five_words || ' ', 'Average ')
        || coalesce(favourite_categories.product_category || ' ', '')
        || 'Customers' as longest_name,
        'Customers who '
        || coalesce(phrases.clauses, 'are much like everybody else')
        || coalesce('; their favourite is ' || favourite_categories.product_category, '')
        || '.' as persona_description
    from personas
    left join phrases
        on personas.persona_id = phrases.persona_id
    left join favourite_categories
        on personas.persona_id = favourite_categories.persona_id

),

counted as (

    select
        *,
        count(*) over (partition by short_name) as same_short_name,
        count(*) over (partition by longer_name) as same_longer_name,
        count(*) over (partition by longest_name) as same_longest_name
    from named

)

select
    persona_id,
    case
        when same_short_name = 1 then short_name
        when same_longer_name = 1 then longer_name
        when same_longest_name = 1 then longest_name
        else longest_name || ' (' || persona_id || ')'
    end as persona_name,
    persona_description
from counted
