with

source as (

    {{ seeded_records('feedback') }}

),

staged as (

    {{ stage_records('feedback', 'source') }}

)

{{ without_erased('staged', 'demo', 'feedback') }}
