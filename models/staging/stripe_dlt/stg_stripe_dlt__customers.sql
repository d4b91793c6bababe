with

customers as (

    -- the canonical names; whether a payment is due becomes an attribute
    select
        id as customer_id,
        email,
        phone,
        name as full_name,
        address__country as country,
        address__state as region,
        cast(created as varchar) as signed_up_at,
        cast(delinquent as varchar) as delinquent
    from {{ source('stripe_dlt', 'customer') }}

),

source as (

    select
        'stripe.customer' as source_file,
        row_number() over (order by customer_id) as record_number,
        {{ record_as_json('customers') }} as record,
        cast(null as varchar) as read_error
    from customers

),

staged as (

    {{ stage_records('customers', 'source') }}

)

{{ without_erased('staged', 'stripe_dlt', 'customers') }}
