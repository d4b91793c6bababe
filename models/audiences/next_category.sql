{{ config(meta={
    'label': 'Likely to order soon, and we know what',
    'owner': 'marketing',
    'channel': 'email',
    'purpose': 'marketing',
}) }}

select
    customer_id,
    row_number() over (
        order by purchase_probability * next_need_probability desc, customer_id asc
    ) as priority
from {{ ref('customers') }}
where purchase_probability >= 0.5 and next_need_probability >= 0.4
