with

source as (

    select
        source_file,
        record_number,
        record,
        read_error
    from {{ ref('raw_files__declared_needs') }}

)

{{ stage_records('declared_needs', 'source') }}
