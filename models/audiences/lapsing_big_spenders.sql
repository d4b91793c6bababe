{{ config(meta={
    'label': 'Big spenders about to leave',
    'owner': 'customer relations',
    'channel': 'email',
    'purpose': 'marketing',
}) }}

select
    customer_id,
    row_number() over (order by spend_365d desc, customer_id asc) as priority
from {{ ref('customers') }}
-- who ordered lately is not leaving, whatever a model says, and who ordered once was never here
where churn_probability >= 0.5 and m_score >= 4 and frequency >= 2 and recency_days between 60 and 365
