with

source as (

    select
        source_file,
        record_number,
        record,
        read_error
    from {{ ref('raw_files__web_events') }}

)

{{ stage_records('web_events', 'source') }}
