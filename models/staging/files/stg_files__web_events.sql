{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('raw_files__web_events') }}

),

staged as (

    select
        source_file,
        record_number,
        {{ landed_record() }} as record,
        record_hash,
        read_error,
        unreadable_columns,
        event_id,
        visitor_id,
        customer_id,
        occurred_at,
        event_type,
        page_url,
        product_id,
        product_category,
        device_type,
        updated_at,
        erased_customer_hash
    from source

)

select * from staged
