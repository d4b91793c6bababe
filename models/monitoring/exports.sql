-- What was exported up to this build. Counts of few customers are withheld; who was added and who removed is
-- told together, since sizes of two dates tell their difference.
{%- set few = 'between 1 and ' ~ (var('minimum_cell') - 1) %}

select
    audience,
    export_number,
    destination,
    as_of_date,
    exported_at,
    file_name,
    case when added not {{ few }} and removed not {{ few }} then added end as added,
    case when updated not {{ few }} then updated end as updated,
    case when added not {{ few }} and removed not {{ few }} then removed end as removed
from {{ ref('stg_state__exports') }}
