-- Warns where today's customers are unlike those that the personas in force were fitted on.

{{ config(severity='warn') }}

select
    feature_drift.feature_name,
    feature_drift.psi,
    feature_drift.missing_change
from {{ ref('feature_drift') }} as feature_drift
inner join {{ ref('segmentation_champion') }} as champion
    on feature_drift.champion_id = champion.champion_id
where feature_drift.is_drifted
