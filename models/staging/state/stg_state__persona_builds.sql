with

source as (

    select * from {{ source('history', 'persona_builds') }}

)

select as_of_date from source
where source_systems = '{{ company_key() }}'
