-- How today's customers differ, feature by feature, from those that the personas in force were fitted on.

select {{ struct_rows('feature_drift') }}
from {{ ref('segmentation_decision') }}
