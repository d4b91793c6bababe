with

source as (

    {{ seeded_records('order_lines') }}

),

staged as (

    {{ stage_records('order_lines', 'source') }}

)

{{ without_erased('staged', 'demo', 'order_lines') }}
