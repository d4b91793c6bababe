-- Who moved from which persona to which, month by month? Those who stayed are left out.

select
    period_start,
    coalesce(from_persona_name, 'none') as from_persona_name,
    coalesce(to_persona_name, 'none') as to_persona_name,
    customer_count,
    revenue
from {{ ref('persona_migrations') }}
where coalesce(from_persona_id, '') != coalesce(to_persona_id, '')
order by period_start desc, customer_count desc, from_persona_name asc, to_persona_name asc
