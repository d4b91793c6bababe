{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('raw_files__consents') }}

),

staged as (

    select
        source_file,
        record_number,
        {{ landed_record() }} as record,
        record_hash,
        read_error,
        unreadable_columns,
        customer_id,
        channel,
        purpose,
        status,
        recorded_at,
        updated_at,
        erased_customer_hash
    from source

)

select * from staged
