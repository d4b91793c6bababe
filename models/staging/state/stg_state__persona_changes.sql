with

source as (

    select * from {{ source('history', 'persona_changes') }}

)

select
    customer_id,
    as_of_date,
    persona_id
from source
where source_systems = '{{ company_key() }}'
