select event_on, event, persona_id, persona_name, related_persona_id, related_persona_name, customers_after
from marts.persona_lifecycle
where event_on = (select max(event_on) from marts.persona_lifecycle)
order by event, persona_id, related_persona_id
