-- What was exported up to this build. Counts of few customers are withheld.

select
    audience,
    export_number,
    destination,
    as_of_date,
    exported_at,
    file_name,
    case when added = 0 or added >= {{ var('minimum_cell') }} then added end as added,
    case when updated = 0 or updated >= {{ var('minimum_cell') }} then updated end as updated,
    case when removed = 0 or removed >= {{ var('minimum_cell') }} then removed end as removed
from {{ ref('stg_state__exports') }}
