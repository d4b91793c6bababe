-- The category that a product is counted under: the one that the company gives, else the group that its name
-- puts it in.

select
    products.product_id,
    coalesce(products.product_category, members.product_group) as product_category,
    products.product_category is null and members.product_group is not null as is_derived,
    products.first_sold_on
from {{ ref('int_products') }} as products
left join {{ ref('product_group_members') }} as members
    on products.product_id = members.product_id
