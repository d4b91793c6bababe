with

source as (

    select
        'seeds/demo/demo_declared_needs.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_declared_needs') }} as seeded

),

staged as (

    {{ stage_records('declared_needs', 'source') }}

)

{{ without_erased('staged', 'demo', 'declared_needs') }}
