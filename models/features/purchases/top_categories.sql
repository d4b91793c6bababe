-- The product categories that get features of their own. Ranked on what was bought before the first
-- observation date, so that nothing that comes later can change which features exist.

with

category_days as (

    select * from {{ ref('int_customer_category_days') }}

),

first_date as (

    select min(observation_date) as first_observation_date from {{ ref('observation_dates') }}

),

lines as (

    select
        category_days.product_category,
        sum(category_days.sale_lines) as sale_lines
    from category_days
    cross join first_date
    where category_days.activity_date < first_date.first_observation_date
    group by category_days.product_category

),

named as (

    select
        {{ column_name('product_category') }} as category_column,
        min(product_category) as product_category,
        sum(sale_lines) as sale_lines
    from lines
    group by {{ column_name('product_category') }}

),

ranked as (

    select
        *,
        row_number() over (order by sale_lines desc, category_column asc) as category_rank
    from named
    where sale_lines > 0

)

select
    category_rank,
    product_category,
    category_column,
    sale_lines
from ranked
where category_rank <= {{ var('top_categories') }}
