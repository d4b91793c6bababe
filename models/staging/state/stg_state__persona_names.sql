with

source as (

    select * from {{ source('history', 'persona_names') }}

)

select
    persona_id,
    persona_name,
    persona_description,
    named_on
from source
where source_systems = '{{ company_key() }}'
