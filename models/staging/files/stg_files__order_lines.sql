{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('raw_files__order_lines') }}

),

staged as (

    select
        source_file,
        record_number,
        {{ landed_record() }} as record,
        record_hash,
        read_error,
        unreadable_columns,
        order_id,
        order_line_number,
        customer_id,
        ordered_at,
        product_id,
        product_name,
        product_category,
        quantity,
        unit_price,
        discount_amount,
        order_discount_amount,
        order_refunded_amount,
        currency,
        order_status,
        country,
        updated_at,
        erased_customer_hash
    from source

)

select * from staged
