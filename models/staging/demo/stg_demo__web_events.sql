with

source as (

    select
        'seeds/demo/demo_web_events.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_web_events') }} as seeded

),

staged as (

    {{ stage_records('web_events', 'source') }}

)

{{ without_erased('staged', 'demo', 'web_events') }}
