-- What is offered to discover was never bought before as_of_date; what is offered again was, and was kept.

with

recommendations as (

    select
        customer_id,
        kind,
        product_id,
        as_of_date
    from {{ ref('customer_recommendations') }}

),

bought as (

    select
        recommendations.customer_id,
        recommendations.kind,
        recommendations.product_id,
        count(case when lines.line_type = 'sale' then 1 end) as sale_lines,
        sum(
            case
                when lines.line_type = 'sale' and not lines.is_taken_back then lines.quantity
                when lines.line_type = 'return' then -lines.quantity
            end
        ) as kept_quantity
    from recommendations
    left join {{ ref('int_order_lines') }} as lines
        on
            recommendations.customer_id = lines.customer_id
            and recommendations.product_id = lines.product_id
            and recommendations.as_of_date > lines.ordered_on
    group by recommendations.customer_id, recommendations.kind, recommendations.product_id

)

select *
from bought
where
    (kind = 'discover' and sale_lines > 0)
    or (kind = 'buy_again' and (sale_lines = 0 or coalesce(kept_quantity, 0) <= 0))
