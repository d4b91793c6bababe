with

source as (

    {{ seeded_records('customers') }}

),

staged as (

    {{ stage_records('customers', 'source') }}

)

{{ without_erased('staged', 'demo', 'customers') }}
