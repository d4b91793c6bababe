with

source as (

    select
        'seeds/demo/demo_customers.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_customers') }} as seeded

),

staged as (

    {{ stage_records('customers', 'source') }}

)

{{ without_erased('staged', 'demo', 'customers') }}
