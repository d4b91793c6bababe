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
where churn_probability >= 0.5 and m_score >= 4
