-- What became of each persona whenever a new segmentation took over.

with

champions as (

    select * from {{ ref('segmentation_champions') }}

)

select
    champion_id,
    fitted_on as event_on,
    {{ json_rows('lifecycle', {
        'event': 'varchar', 'persona_id': 'varchar', 'related_persona_id': 'varchar',
        'customers_before': 'integer', 'customers_after': 'integer', 'shared_customers': 'integer',
        'jaccard': 'double'
    }) }}
from champions
