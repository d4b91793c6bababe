with

source as (

    select * from {{ source('history', 'quarantined_records') }}

)

select
    source_system,
    entity,
    record_hash,
    first_seen_on
from source
where source_systems = '{{ company_key() }}'
