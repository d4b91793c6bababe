with

source as (

    select * from {{ source('history', 'exports') }}

)

select
    audience,
    export_number,
    destination,
    as_of_date,
    exported_at,
    file_name,
    added,
    updated,
    removed
from source
where source_systems = '{{ company_key() }}'
