-- Which personas are there, how large is each, and what is it worth?

with

personas as (

    select * from {{ ref('personas') }}

),

-- a few order lines of absurd quantity can carry a persona's whole spend: their customers are left out of it
usual_spend as (

    select
        persona_id,
        sum(spend_365d) as spend_365d
    from {{ ref('customers') }}
    where persona_id is not null and not has_outlier_quantity
    group by persona_id

)

select
    personas.persona_id,
    personas.persona_name,
    personas.persona_description,
    personas.customer_count,
    round(100 * personas.customer_share, 1) as customer_percent,
    round(100 * personas.revenue_share, 1) as revenue_percent,
    round(100 * usual_spend.spend_365d / sum(usual_spend.spend_365d) over (), 1)
        as revenue_percent_without_outliers,
    round(personas.mean_recency_days) as mean_recency_days,
    round(personas.mean_frequency, 1) as mean_frequency,
    round(personas.satisfaction, 1) as satisfaction,
    round(personas.mean_confidence, 2) as mean_confidence
from personas
left join usual_spend
    on personas.persona_id = usual_spend.persona_id
order by personas.customer_count desc, personas.persona_id asc
