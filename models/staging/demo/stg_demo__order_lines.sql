with

source as (

    select
        'seeds/demo/demo_order_lines.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_order_lines') }} as seeded

),

staged as (

    {{ stage_records('order_lines', 'source') }}

)

{{ without_erased('staged', 'demo', 'order_lines') }}
