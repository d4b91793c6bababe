select
    period_start, period_end, from_persona_id, from_persona_name, to_persona_id, to_persona_name,
    customer_count, is_withheld
from marts.persona_migrations
where
    period_end = (select max(period_end) from marts.persona_migrations)
    and from_persona_id is not null
    and to_persona_id is not null
order by from_persona_id, to_persona_id
