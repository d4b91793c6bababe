-- What may be said of a persona that lies high or low in a feature, or has a level of it more often than
-- most. A company's own columns have no words in the vocabulary: their names must do.

with

catalog as (

    select * from {{ ref('feature_catalog') }}

),

own_columns as (

    select
        feature_name,
        value_type,
        replace(attribute, '_', ' ') as label,
        replace(attribute, '_', '-') as adjective
    from {{ ref('attribute_catalog') }}

),

directions as (

    select 'high' as direction
    union all
    select 'low' as direction
    union all
    select 'level' as direction

),

worded as (

    select
        catalog.feature_name,
        directions.direction,
        catalog.family,
        case
            -- the level itself is the adjective
            when directions.direction = 'level' then null
            when own_columns.value_type = 'boolean' and directions.direction = 'high'
                then 'Yes-' || own_columns.adjective
            when own_columns.value_type = 'boolean' then 'No-' || own_columns.adjective
            when own_columns.label is not null and directions.direction = 'high'
                then 'High-' || own_columns.adjective
            when own_columns.label is not null then 'Low-' || own_columns.adjective
            else vocabulary.adjective
        end as adjective,
        case
            -- the level follows
            when directions.direction = 'level'
                then 'have the ' || coalesce(own_columns.label, replace(catalog.feature_name, '_', ' '))
            when own_columns.value_type = 'boolean' and directions.direction = 'high'
                then 'say yes to ' || own_columns.label || ' more often than most'
            when own_columns.value_type = 'boolean'
                then 'say yes to ' || own_columns.label || ' less often than most'
            when own_columns.label is not null and directions.direction = 'high'
                then 'are above the average in ' || own_columns.label
            when own_columns.label is not null then 'are below the average in ' || own_columns.label
            else vocabulary.clause
        end as clause,
        upper(left(top_categories.product_category, 1))
        || substr(top_categories.product_category, 2) as product_category
    from catalog
    cross join directions
    left join own_columns
        on catalog.feature_name = own_columns.feature_name
    left join {{ ref('persona_vocabulary') }} as vocabulary
        on
            catalog.feature_name = vocabulary.feature_name
            and directions.direction = vocabulary.direction
    left join {{ ref('top_categories') }} as top_categories
        on
            catalog.feature_name = 'interest_share_' || top_categories.category_column
            and directions.direction = 'high'
            -- what personas are not formed on does not name them
            and catalog.in_segmentation

)

select
    feature_name,
    direction,
    family,
    adjective,
    clause,
    product_category
from worded
where
    adjective is not null
    or product_category is not null
    or (direction = 'level' and family in ('demographics', 'attributes'))
