{%- for target in var('targets') %}
select
    '{{ target }}' as target,
    customer_id,
    observation_date,
    label
from {{ ref('target_' ~ target) }}
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
