-- How the features of the personas in force have drifted since these were fitted. One row per feature.

with

champion as (

    select
        champion_id,
        fitted_on,
        as_of_date
    from {{ ref('champion_before') }}

),

scores as (

    select * from {{ ref('feature_drift_scores') }}

)

select
    champion.champion_id,
    champion.fitted_on,
    champion.as_of_date,
    scores.feature_name,
    scores.psi,
    scores.missing_share_at_fit,
    scores.missing_share,
    scores.missing_share - scores.missing_share_at_fit as missing_change,
    scores.is_drifted
from scores
cross join champion
