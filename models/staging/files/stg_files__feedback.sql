{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('raw_files__feedback') }}

),

staged as (

    select
        source_file,
        record_number,
        {{ landed_record() }} as record,
        record_hash,
        read_error,
        unreadable_columns,
        feedback_id,
        customer_id,
        submitted_at,
        channel,
        feedback_type,
        rating,
        rating_scale_max,
        comment,
        updated_at,
        erased_customer_hash
    from source

)

select * from staged
