{{ config(meta={
    'label': 'New customers with one order',
    'owner': 'marketing',
    'channel': 'email',
    'purpose': 'marketing',
    'holdout_share': 0.2,
}) }}

select
    customer_id,
    tenure_days as priority
from {{ ref('customers') }}
where frequency = 1 and tenure_days <= 60
