-- Where a category is derived from product names, personas are formed on no feature about categories, and the
-- features of that category say where they come from.

with

derived as (

    select distinct
        categories.product_category,
        {{ column_name('categories.product_category') }} as category_column
    from {{ ref('product_categories') }} as categories
    where categories.is_derived

),

about_categories as (

    select
        feature_name,
        in_segmentation,
        comes_from,
        replace(
            replace(replace(feature_name, 'category_share_', ''), 'interest_share_', ''), 'view_share_', ''
        ) as category_column
    from {{ ref('feature_catalog') }}
    where
        family in ('categories', 'interests')
        and comes_from not like 'customers.%'

),

any_derived as (

    select count(*) > 0 as is_any from derived

)

select
    about_categories.feature_name,
    about_categories.in_segmentation,
    about_categories.comes_from
from about_categories
cross join any_derived
left join derived
    on about_categories.category_column = derived.category_column
where
    (about_categories.in_segmentation and any_derived.is_any)
    or (
        derived.product_category is not null
        and about_categories.comes_from not in ('order_lines.product_name', 'web_events.product_id')
    )
