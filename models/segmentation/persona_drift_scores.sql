-- The shares of the personas in force at their fit and today, by the same segmentation.

select {{ struct_rows('persona_drift') }}
from {{ ref('segmentation_decision') }}
