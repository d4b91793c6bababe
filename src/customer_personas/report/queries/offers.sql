-- rounded: customers
select
    customers.persona_id,
    recommendations.kind,
    recommendations.product_name,
    count(*) as customers
from marts.customer_recommendations as recommendations
inner join marts.customers as customers
    on recommendations.customer_id = customers.customer_id
where
    customers.persona_id is not null
    and recommendations.product_name is not null
    and recommendations.recommendation_rank <= 2
group by customers.persona_id, recommendations.kind, recommendations.product_name
qualify row_number() over (
    partition by customers.persona_id, recommendations.kind
    order by count(*) desc, recommendations.product_name
) <= 3
order by customers.persona_id, recommendations.kind, customers desc, recommendations.product_name
