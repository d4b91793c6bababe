with

source as (

    select
        source_file,
        record_number,
        record,
        read_error
    from {{ ref('raw_files__order_lines') }}

)

{{ stage_records('order_lines', 'source') }}
