-- What was exported up to this build. Counts of few customers are withheld; who was added and who removed is
-- told together, since sizes of two dates tell their difference.

select
    audience,
    export_number,
    destination,
    as_of_date,
    exported_at,
    file_name,
    case when added not {{ of_few() }} and removed not {{ of_few() }} then added end as added,
    case when updated not {{ of_few() }} then updated end as updated,
    case when added not {{ of_few() }} and removed not {{ of_few() }} then removed end as removed
from {{ ref('stg_state__exports') }}
