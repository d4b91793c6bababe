-- Where product groups are derived, every product that was sold and has a name has a category.

with

derived as (

    select count(*) > 0 as is_any from {{ ref('product_categories') }}
    where is_derived

)

select
    products.product_id,
    products.product_name
from {{ ref('int_products') }} as products
inner join {{ ref('product_categories') }} as categories
    on products.product_id = categories.product_id
cross join derived
where
    products.product_name is not null
    and categories.product_category is null
    and derived.is_any
