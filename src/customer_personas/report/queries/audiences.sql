select
    audience, label, channel, valid_until, customer_count, reachable_count, entered_count, left_count,
    status
from marts.audiences
order by reachable_count desc nulls last, audience
