with

source as (

    select * from {{ source('history', 'published_predictions') }}

)

select
    target,
    as_of_date,
    customer_id,
    class,
    probability
from source
where source_systems = '{{ company_key() }}'
