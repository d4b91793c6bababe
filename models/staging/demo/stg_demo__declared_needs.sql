with

source as (

    {{ seeded_records('declared_needs') }}

),

staged as (

    {{ stage_records('declared_needs', 'source') }}

)

{{ without_erased('staged', 'demo', 'declared_needs') }}
