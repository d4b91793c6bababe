with

customers as (

    -- the canonical names; tags become an attribute
    select
        cast(id as varchar) as customer_id,
        email,
        phone,
        nullif(trim(concat(first_name, ' ', last_name)), '') as full_name,
        default_address__country_code as country,
        default_address__province_code as region,
        cast(created_at as varchar) as signed_up_at,
        -- never to have been asked is neither a yes nor a no
        case email_marketing_consent__state
            when 'subscribed' then 'granted'
            when 'unsubscribed' then 'denied'
        end as marketing_consent,
        cast(updated_at as varchar) as updated_at,
        tags
    from {{ source('shopify_dlt', 'customers') }}

),

source as (

    select
        'shopify.customers' as source_file,
        row_number() over (order by customer_id) as record_number,
        {{ record_as_json('customers') }} as record,
        cast(null as varchar) as read_error
    from customers

),

staged as (

    {{ stage_records('customers', 'source') }}

)

{{ without_erased('staged', 'shopify_dlt', 'customers') }}
