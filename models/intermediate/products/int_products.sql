-- Products that were sold, as they were known on the first observation date; those that came later as on the
-- first day they were sold. So nothing that comes later changes what a product was taken for.

with

first_date as (

    select min(observation_date) as first_observation_date from {{ ref('label_dates') }}
    where is_observed

),

sales as (

    select
        product_id,
        product_name,
        product_category,
        ordered_on,
        min(ordered_on) over (partition by product_id) as first_sold_on
    from {{ ref('int_order_lines') }}
    where line_type = 'sale' and product_id is not null

),

early_sales as (

    select
        sales.*,
        sales.ordered_on < first_date.first_observation_date as is_before_first_date
    from sales
    cross join first_date
    where sales.ordered_on < first_date.first_observation_date or sales.ordered_on = sales.first_sold_on

),

products as (

    select
        product_id,
        first_sold_on,
        count(case when is_before_first_date then 1 end) as sale_lines,
        count(case when is_before_first_date then product_category end) as categorised_sale_lines
    from early_sales
    group by product_id, first_sold_on

),

names as (

    select
        product_id,
        product_name,
        row_number() over (
            partition by product_id
            order by count(*) desc, product_name asc
        ) as name_rank
    from early_sales
    where product_name is not null
    group by product_id, product_name

),

categories as (

    select
        product_id,
        product_category,
        row_number() over (
            partition by product_id
            order by count(*) desc, product_category asc
        ) as category_rank
    from early_sales
    where product_category is not null
    group by product_id, product_category

),

everything as (

    -- where no line had been sold by then, nobody knows
    select 2 * sum(categorised_sale_lines) < sum(sale_lines) as has_few_categories
    from products

)

select
    products.product_id,
    names.product_name,
    categories.product_category,
    products.first_sold_on,
    products.sale_lines,
    products.categorised_sale_lines,
    categories.product_category is null and coalesce(everything.has_few_categories, false)
        as needs_product_group
from products
cross join everything
left join names
    on products.product_id = names.product_id and names.name_rank = 1
left join categories
    on products.product_id = categories.product_id and categories.category_rank = 1
