-- What each product is called: the name and the category most often written before as_of_date.

with

order_lines as (

    select
        lines.product_id,
        lines.product_name,
        lines.product_category
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('recommendation_dates') }} as dates
        on
            lines.ordered_on < dates.observation_date
            and dates.is_as_of
    where lines.line_type = 'sale' and lines.product_id is not null

),

products as (

    select distinct product_id
    from order_lines

),

named as (

    select
        product_id,
        product_name,
        row_number() over (partition by product_id order by count(*) desc, product_name asc) as name_rank
    from order_lines
    where product_name is not null
    group by product_id, product_name

),

categorised as (

    select
        product_id,
        product_category,
        row_number() over (
            partition by product_id order by count(*) desc, product_category asc
        ) as category_rank
    from order_lines
    where product_category is not null
    group by product_id, product_category

)

select
    products.product_id,
    named.product_name,
    categorised.product_category
from products
left join named
    on
        products.product_id = named.product_id
        and named.name_rank = 1
left join categorised
    on
        products.product_id = categorised.product_id
        and categorised.category_rank = 1
