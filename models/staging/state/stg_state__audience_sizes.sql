with

source as (

    select * from {{ source('history', 'audience_sizes') }}

)

select
    audience,
    as_of_date,
    customer_count,
    reachable_count
from source
where source_systems = '{{ company_key() }}'
