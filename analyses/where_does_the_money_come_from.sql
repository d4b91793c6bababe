-- Which RFM segments bring last year's spend, without customers whose outlying quantities drown the rest?

with

customers as (

    select * from {{ ref('customers') }}
    where has_purchased and not has_outlier_quantity

)

select
    rfm_segment,
    count(*) as customer_count,
    round(100 * count(*) / sum(count(*)) over (), 1) as customer_percent,
    sum(spend_365d) as spend_365d,
    round(100 * sum(spend_365d) / sum(sum(spend_365d)) over (), 1) as spend_percent,
    round(avg(churn_probability), 2) as mean_churn_probability
from customers
group by rfm_segment
order by spend_365d desc, rfm_segment asc
