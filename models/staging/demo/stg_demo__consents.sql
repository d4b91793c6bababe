with

source as (

    {{ seeded_records('consents') }}

),

staged as (

    {{ stage_records('consents', 'source') }}

)

{{ without_erased('staged', 'demo', 'consents') }}
