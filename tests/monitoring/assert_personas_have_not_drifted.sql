-- Warns where a persona in force has grown or shrunk since it was fitted.

{{ config(severity='warn') }}

select
    persona_drift.persona_id,
    persona_drift.share_at_fit,
    persona_drift.customer_share
from {{ ref('persona_drift') }} as persona_drift
inner join {{ ref('segmentation_champion') }} as champion
    on persona_drift.champion_id = champion.champion_id
where persona_drift.is_drifted
