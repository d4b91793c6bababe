{%- for target in var('targets') %}
select
    '{{ target }}' as target,
    customer_id,
    observation_date,
    label
from {{ ref('target_' ~ target) }}
union all
{%- endfor %}
select
    target,
    customer_id,
    observation_date,
    label
from {{ ref('declared_labels') }}
union all
select
    target,
    customer_id,
    observation_date,
    label
from {{ ref('response_labels') }}
