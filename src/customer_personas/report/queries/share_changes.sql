select persona_id, fitted_on, share_at_fit, customer_share, share_change, is_drifted
from monitoring.persona_drift
order by abs(share_change) desc nulls last, persona_id
