with

source as (

    select
        'seeds/demo/demo_feedback.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_feedback') }} as seeded

),

staged as (

    {{ stage_records('feedback', 'source') }}

)

{{ without_erased('staged', 'demo', 'feedback') }}
