-- rounded: buyers, consenting, consent_known
select
    max(as_of_date) as as_of_date,
    count(*) as customers,
    count(*) filter (has_purchased) as buyers,
    count(persona_id) as with_persona,
    sum(spend_365d) as spend_365d,
    avg(satisfaction) as satisfaction,
    count(*) filter (marketing_consent = 'granted') as consenting,
    count(*) filter (marketing_consent != 'unknown') as consent_known
from marts.customers
