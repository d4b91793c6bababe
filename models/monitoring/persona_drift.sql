-- How the shares of the personas in force have changed since these were fitted. One row per persona.

with

champion as (

    select
        champion_id,
        fitted_on,
        as_of_date
    from {{ ref('champion_before') }}

),

scores as (

    select * from {{ ref('persona_drift_scores') }}

)

select
    champion.champion_id,
    champion.fitted_on,
    champion.as_of_date,
    scores.persona_id,
    scores.share_at_fit,
    scores.customer_share,
    scores.customer_share - scores.share_at_fit as share_change,
    scores.is_drifted
from scores
cross join champion
