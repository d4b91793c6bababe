-- What became of each persona whenever a new segmentation took over.

select
    champion_id,
    fitted_on as event_on,
    {{ struct_rows('lifecycle') }}
from {{ ref('segmentation_champions') }}
