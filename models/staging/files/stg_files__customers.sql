with

source as (

    select * from {{ ref('raw_files__customers') }}

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
        {{ hash_identifier('email', 'email') }} as email_hash,
        {{ hash_identifier('phone', 'phone') }} as phone_hash,
        {{ hash_identifier('full_name', 'name') }} as full_name_hash,
        birth_date,
        age,
        gender,
        occupation,
        annual_income,
        country,
        region,
        signed_up_at,
        marketing_consent,
        need,
        updated_at,
        attributes,
        erased_customer_hash
    from source

)

select * from staged
