with

transactions as (

    select
        row_number() over () as record_number,
        {{ record_as_json('lines') }} as record,
        lines.*
    from {{ source('complete_journey', 'transactions') }} as lines

),

products as (

    select
        -- one number came out of a statistics program in another notation
        case when product_id = '1e+05' then '100000' else product_id end as product_id,
        nullif(department, '') as department,
        product_category,
        product_type
    from {{ source('complete_journey', 'products') }}

),

typed as (

    select
        'transactions_sample.csv' as source_file,
        transactions.record_number,
        transactions.record,
        {{ record_fingerprint('transactions.record') }} as record_hash,
        cast(null as varchar) as read_error,
        {{ unreadable_columns([
            {'name': 'ordered_at', 'type': 'timestamp', 'reads': 'transactions.transaction_timestamp'},
            {'name': 'quantity', 'type': 'decimal(18, 3)', 'reads': 'transactions.quantity'},
            {'name': 'unit_price', 'type': 'decimal(18, 4)', 'reads': 'transactions.sales_value'},
        ]) }} as unreadable_columns,
        {{ clean_text('transactions.basket_id') }} as order_id,
        cast(
            row_number() over (
                partition by transactions.basket_id order by transactions.record_number
            ) as integer
        ) as order_line_number,
        {{ clean_text('transactions.household_id') }} as customer_id,
        {{ dbt.safe_cast('transactions.transaction_timestamp', 'timestamp') }} as ordered_at,
        {{ clean_text('transactions.product_id') }} as product_id,
        products.product_type as product_name,
        {{ complete_journey_aisle('products.department', 'products.product_category') }} as product_category,
        {{ dbt.safe_cast('transactions.quantity', 'decimal(18, 3)') }} as units,
        {{ dbt.safe_cast('transactions.sales_value', 'decimal(18, 4)') }} as paid_to_retailer,
        -- discounts that the retailer bears: what it received is net of them
        coalesce({{ dbt.safe_cast('transactions.retail_disc', 'decimal(18, 4)') }}, 0)
        + coalesce({{ dbt.safe_cast('transactions.coupon_match_disc', 'decimal(18, 4)') }}, 0)
            as discount_amount,
        coalesce(products.department in ('FUEL', 'MISCELLANEOUS'), false) as is_measured
    from transactions
    left join products
        on transactions.product_id = products.product_id

),

priced as (

    select
        source_file,
        record_number,
        record,
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
        -- fuel is counted in thousandths of a gallon: a filling is one piece
        case when is_measured and units > 0 then 1 else units end as quantity,
        cast(
            (paid_to_retailer + discount_amount)
            / case when is_measured or units = 0 then 1 else units end as decimal(18, 8)
        ) as unit_price,
        discount_amount,
        cast(null as decimal(18, 4)) as order_discount_amount,
        cast(null as decimal(18, 4)) as order_refunded_amount,
        'USD' as currency,
        'completed' as order_status,
        cast(null as varchar) as country,
        cast(null as timestamp) as updated_at
    from typed

)

{{ without_erased('priced', 'complete_journey', 'order_lines') }}
