with

source as (

    select
        row_number() over () as record_number,
        {{ record_as_json('lines') }} as record,
        lines.*
    from {{ source('online_retail', 'online_retail_ii') }} as lines

),

renamed as (

    select
        'online_retail_II.csv' as source_file,
        record_number,
        record,
        invoice as order_id,
        stockcode as product_id,
        description as product_name,
        quantity,
        invoicedate as ordered_at,
        price as unit_price,
        "Customer ID" as customer_id,
        country
    from source

),

typed as (

    select
        source_file,
        record_number,
        record,
        {{ record_fingerprint('record') }} as record_hash,
        cast(null as varchar) as read_error,
        {{ unreadable_columns([
            {'name': 'ordered_at', 'type': 'timestamp'},
            {'name': 'quantity', 'type': 'decimal(18, 3)'},
            {'name': 'unit_price', 'type': 'decimal(18, 4)'},
        ]) }} as unreadable_columns,
        {{ clean_text('order_id') }} as order_id,
        -- the file has no line numbers: the position within the invoice stands in
        cast(
            row_number() over (partition by order_id order by record_number) as integer
        ) as order_line_number,
        {{ clean_text('customer_id') }} as customer_id,
        {{ dbt.safe_cast('ordered_at', 'timestamp') }} as ordered_at,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        cast(null as varchar) as product_category,
        {{ dbt.safe_cast('quantity', 'decimal(18, 3)') }} as quantity,
        {{ dbt.safe_cast('unit_price', 'decimal(18, 4)') }} as unit_price,
        cast(0 as decimal(18, 4)) as discount_amount,
        cast(null as decimal(18, 4)) as order_discount_amount,
        cast(null as decimal(18, 4)) as order_refunded_amount,
        'GBP' as currency,
        -- a credit note: goods that were delivered and came back
        case when order_id like 'C%' then 'returned' else 'completed' end as order_status,
        case
            when trim(country) not in ('Unspecified', 'European Community')
                then {{ clean_text('country') }}
        end as country,
        cast(null as timestamp) as updated_at
    from renamed

)

{{ without_erased('typed', 'online_retail', 'order_lines') }}
