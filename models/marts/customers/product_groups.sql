-- Groups of products derived from their names, and how far each says anything.

with

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

products as (

    select
        order_lines.product_id,
        count(*) as sale_lines
    from {{ ref('int_order_lines') }} as order_lines
    cross join as_of
    where order_lines.line_type = 'sale' and order_lines.ordered_on < as_of.as_of_date
    group by order_lines.product_id

),

members as (

    select
        members.product_group,
        members.similarity,
        members.overall_similarity,
        int_products.product_name,
        products.sale_lines,
        row_number() over (
            partition by members.product_group
            order by products.sale_lines desc, members.product_id asc
        ) as sales_rank
    from {{ ref('product_group_members') }} as members
    inner join {{ ref('int_products') }} as int_products
        on members.product_id = int_products.product_id
    inner join products
        on members.product_id = products.product_id

),

everything as (

    select sum(sale_lines) as sale_lines from products

),

all_members as (

    select {{ exact_mean('overall_similarity') }} as coherence from members

),

groups as (

    select
        product_group,
        count(*) as product_count,
        sum(sale_lines) as sale_lines,
        {{ dbt.listagg('case when sales_rank <= 3 then product_name end', "'; '", 'order by sales_rank') }}
            as example_products,
        {{ exact_mean('similarity') }} as coherence
    from members
    group by product_group

)

select
    groups.product_group,
    cast(groups.product_count as integer) as product_count,
    cast(groups.sale_lines as integer) as sale_lines,
    {{ ratio('groups.sale_lines', 'everything.sale_lines') }} as sale_line_share,
    groups.example_products,
    groups.coherence,
    all_members.coherence as overall_coherence
from groups
cross join everything
cross join all_members
