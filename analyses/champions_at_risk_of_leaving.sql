-- Which of our best customers are more likely to stay away than to order again, and what is at stake?

select
    customer_id,
    persona_name,
    rfm_segment,
    recency_days,
    frequency,
    spend_365d,
    satisfaction,
    complaints,
    round(churn_probability, 2) as churn_probability,
    -- spend of the last year times the churn probability: it says whom to call first and is no forecast
    round(churn_probability * spend_365d, 2) as spend_at_risk,
    marketing_consent = 'granted' and is_reachable as may_be_contacted
from {{ ref('customers') }}
where
    rfm_segment in ('Champions', 'Loyal Customers')
    and churn_probability >= 0.5
    and not has_outlier_quantity
order by spend_at_risk desc, customer_id asc
