-- rounded: buyers, rated, consenting, consent_known
with customers as (

    select
        *,
        -- a giant order, often a slip of the keyboard, shall not decide
        least(spend_365d, quantile_disc(spend_365d, 0.99) filter (has_purchased) over ()) as bounded_spend
    from marts.customers

)

select
    max(as_of_date) as as_of_date,
    count(*) as customers,
    count(*) filter (has_purchased) as buyers,
    count(persona_id) as with_persona,
    bool_and(not has_purchased) filter (persona_id is null) as only_buyers_have_one,
    sum(spend_365d) as spend_365d,
    sum(bounded_spend) as bounded_spend,
    avg(satisfaction) as satisfaction,
    count(satisfaction) as rated,
    count(*) filter (marketing_consent = 'granted') as consenting,
    count(*) filter (marketing_consent != 'unknown') as consent_known
from customers
