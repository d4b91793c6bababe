with

source as (

    {{ seeded_records('contacts') }}

),

staged as (

    {{ stage_records('contacts', 'source') }}

)

{{ without_erased('staged', 'demo', 'contacts') }}
