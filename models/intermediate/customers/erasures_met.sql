-- The erased customers of whom records were delivered again, by their hash under the present key. Publication
-- keeps these hashes, so that after a change of the key the former one is needed in one build only.

{%- set entities = ['customers', 'order_lines', 'web_events', 'feedback', 'declared_needs'] %}

{%- for entity in entities %}
select erased_customer_hash
from {{ ref('int_' ~ entity ~ '_united') }}
where erased_customer_hash is not null
{%- if not loop.last %}
union distinct
{%- endif %}
{%- endfor %}
