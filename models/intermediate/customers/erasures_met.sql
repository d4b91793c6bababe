-- The erased customers of whom records were delivered again, by their hash under the present key. Publication
-- keeps these hashes, so that after a change of the key the former one is needed in one build only.

{% for entity in canonical_entities() -%}
select erased_customer_hash
from {{ ref('int_' ~ entity ~ '_judged') }}
where disposition = 'erased'
{%- if not loop.last %}
union distinct
{% endif %}
{%- endfor %}
