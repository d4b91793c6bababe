with

source as (

    {{ seeded_records('web_events') }}

),

staged as (

    {{ stage_records('web_events', 'source') }}

)

{{ without_erased('staged', 'demo', 'web_events') }}
