{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('raw_files__contacts') }}

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
        campaign,
        campaign_type,
        channel,
        sent_at,
        response,
        responded_at,
        updated_at,
        erased_customer_hash
    from source

)

select * from staged
