with

source as (

    select * from {{ source('history', 'audience_changes') }}

)

select
    audience,
    customer_id,
    as_of_date,
    is_member
from source
where source_systems = '{{ company_key() }}'
