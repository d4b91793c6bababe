-- Every feature: those of the seed feature_definitions, and those that follow from the records.

with

defined as (

    select * from {{ ref('feature_definitions') }}

),

category_shares as (

    select
        'category_share_' || category_column as feature_name,
        'categories' as family,
        'share' as unit,
        'Share of all spend that went to ' || product_category as description,
        'numeric' as value_type,
        'none' as transform,
        true as in_segmentation,
        true as in_classification,
        true as is_dated
    from {{ ref('top_categories') }}

),

view_shares as (

    select
        'view_share_' || category_column as feature_name,
        'interests' as family,
        'share' as unit,
        'Share of the web events of the last 90 days that were about ' || product_category as description,
        'numeric' as value_type,
        'none' as transform,
        false as in_segmentation,
        true as in_classification,
        true as is_dated
    from {{ ref('top_categories') }}

),

attributes as (

    select
        feature_name,
        'attributes' as family,
        case value_type when 'category' then 'category' else 'as received' end as unit,
        'Column ' || attribute || ' of the customers file, undated' as description,
        value_type,
        'none' as transform,
        true as in_segmentation,
        true as in_classification,
        false as is_dated
    from {{ ref('attribute_catalog') }}
    where is_feature

)

select
    feature_name,
    family,
    unit,
    description,
    value_type,
    transform,
    in_segmentation,
    in_classification,
    is_dated
from defined
union all
select * from category_shares
where category_shares.feature_name in ({{ column_names_of(ref('category_share_features')) }})
union all
select * from view_shares
where view_shares.feature_name in ({{ column_names_of(ref('category_view_features')) }})
union all
select * from attributes
