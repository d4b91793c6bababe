-- For each persona, the products on most lists of the members who may be contacted.

with

audience as (

    select
        customer_id,
        persona_name
    from {{ ref('crm_audience') }}

),

recommendations as (

    select * from {{ ref('customer_recommendations') }}

),

offered as (

    select
        audience.persona_name,
        recommendations.kind,
        recommendations.product_id,
        recommendations.product_name,
        recommendations.product_category,
        count(*) as customers_to_contact,
        count(case when recommendations.recommendation_rank = 1 then 1 end) as first_on_the_list
    from recommendations
    inner join audience
        on recommendations.customer_id = audience.customer_id
    group by
        audience.persona_name,
        recommendations.kind,
        recommendations.product_id,
        recommendations.product_name,
        recommendations.product_category

),

ranked as (

    select
        *,
        row_number() over (
            partition by persona_name, kind order by customers_to_contact desc, product_id asc
        ) as offer_rank
    from offered

)

select
    persona_name,
    kind,
    offer_rank,
    product_id,
    product_name,
    product_category,
    customers_to_contact,
    first_on_the_list
from ranked
where offer_rank <= 5
order by persona_name asc, kind asc, offer_rank asc
