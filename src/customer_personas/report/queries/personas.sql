select
    persona_id, persona_name, persona_description, customer_count, customer_share, revenue_share,
    satisfaction, mean_recency_days, mean_frequency, mean_monetary_value, mean_confidence,
    persona_kind, jaccard_stability, surrogate_fidelity, born_on, fitted_on, champion_reason
from marts.personas
order by customer_count desc nulls last, persona_id
