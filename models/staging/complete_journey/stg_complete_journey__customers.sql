{%- set columns = ['household_id', 'age', 'income'] -%}

with

households as (

    select
        row_number() over () as record_number,
        {{ record_as_json('demographics') }} as record,
        demographics.*
    from {{ source('complete_journey', 'demographics') }} as demographics

),

banded as (

    select
        *,
        -- 65+ as 65-65
        case
            when age like '%+' then replace(age, '+', '-' || replace(age, '+', ''))
            else {{ clean_text('age') }}
        end as closed_age_band,
        -- thousands of dollars: 50-74K, Under 15K, 250K+
        replace({{ clean_text('income') }}, 'K', '') as income_band
    from households

),

typed as (

    select
        'demographics.csv' as source_file,
        record_number,
        record,
        {{ record_fingerprint('record') }} as record_hash,
        cast(null as varchar) as read_error,
        cast(null as varchar) as unreadable_columns,
        {{ clean_text('household_id') }} as customer_id,
        cast(null as varchar) as email_hash,
        cast(null as varchar) as phone_hash,
        cast(null as varchar) as full_name_hash,
        cast(null as date) as birth_date,
        -- the middle of a band; the bound of an open one
        cast(floor(
            (
                {{ dbt.safe_cast("split_part(closed_age_band, '-', 1)", 'integer') }}
                + {{ dbt.safe_cast("split_part(closed_age_band, '-', 2)", 'integer') }}
            ) / 2
        ) as integer) as age,
        cast(null as varchar) as gender,
        cast(null as varchar) as occupation,
        case
            when income_band like 'Under %'
                then 1000 * {{ dbt.safe_cast("replace(income_band, 'Under ', '')", 'decimal(18, 2)') }} - 1
            when income_band like '%+'
                then 1000 * {{ dbt.safe_cast("replace(income_band, '+', '')", 'decimal(18, 2)') }}
            else
                500 * (
                    {{ dbt.safe_cast("split_part(income_band, '-', 1)", 'decimal(18, 2)') }}
                    + {{ dbt.safe_cast("split_part(income_band, '-', 2)", 'decimal(18, 2)') }}
                )
        end as annual_income,
        cast(null as varchar) as country,
        cast(null as varchar) as region,
        cast(null as timestamp) as signed_up_at,
        cast(null as varchar) as marketing_consent,
        cast(null as varchar) as need,
        cast(null as timestamp) as updated_at,
        -- home ownership, marital status, household size and composition, number of kids
        {{ other_record_fields('record', columns) }} as attributes
    from banded

)

{{ without_erased('typed', 'complete_journey', 'customers') }}
