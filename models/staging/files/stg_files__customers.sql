with

source as (

    select
        source_file,
        record_number,
        record,
        read_error
    from {{ ref('raw_files__customers') }}

)

{{ stage_records('customers', 'source') }}
