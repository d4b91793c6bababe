-- Whom to write to about one category: consenting, reachable customers who are likely to order it.
-- Change the category, the number of customers and, if need be, the persona.

{% set category = 'electronics' %}
{% set audience_size = 50 %}

select
    customer_id,
    persona_name,
    next_best_action,
    next_need,
    round(score, 3) as score,
    reason
from {{ ref('crm_audience') }}
where
    is_reachable
    and next_need = '{{ category }}'
    and score is not null
order by score desc, customer_id asc
limit {{ audience_size }}
