-- Two spellings of one word in a seed, on_hold and On-Hold, would count an order line twice.

{%- for seed, column in [('order_statuses', 'order_status')] %}
select
    '{{ seed }}' as seed,
    {{ vocabulary_key(column) }} as word,
    count(*) as spellings
from {{ ref(seed) }}
group by {{ vocabulary_key(column) }}
having count(*) > 1
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
