with

united as (

    {{ united_records('customers') }}

),

bounded as (

    select
        *,
        coalesce({{ plausible_time('signed_up_at') }}, {{ latest_plausible_time() }}) as latest_birth_time
    from united

),

checked as (

    select
        *,
        {{ reject_where([
            ('unreadable_record', 'read_error is not null'),
            ('missing_customer_id', 'customer_id is null'),
            ('future_signed_up_at', 'signed_up_at > ' ~ latest_plausible_time()),
            ('future_updated_at', 'updated_at > ' ~ latest_plausible_time()),
        ]) }} as rejection_reason,
        -- a bad value of an optional column costs that value only, not the customer
        {{ unreadable_values() }} as unreadable_values,
        case
            when
                birth_date < {{ add_days('latest_birth_time', -365 * 110) }}
                or birth_date > latest_birth_time
                then 'implausible_birth_date'
        end as birth_date_issue,
        {%- for column in ['signed_up_at', 'updated_at'] %}
        case
            when {{ column }} < cast('{{ var("earliest_plausible_date") }}' as timestamp)
                then 'implausible_{{ column }}'
        end as {{ column }}_issue,
        {%- endfor %}
        case when age not between 0 and 110 then 'implausible_age' end as age_issue,
        case when annual_income < 0 then 'negative_annual_income' end as annual_income_issue,
        case
            when
                lower(marketing_consent) != 'unknown'
                and {{ spelling_key('marketing_consent') }} not in (
                    select yes_no_spellings.spelling from {{ ref('yes_no_spellings') }} as yes_no_spellings
                )
                then 'unknown_marketing_consent'
        end as marketing_consent_issue,
        customer_id as version_key,
        updated_at as version_at,
        customer_id as owner_key,
        cast(null as timestamp) as happened_at,
        cast(null as timestamp) as occasion
    from bounded

),

collected as (

    select
        *,
        nullif(
            concat_ws(
                ',',
                unreadable_values,
                signed_up_at_issue,
                updated_at_issue,
                birth_date_issue,
                age_issue,
                annual_income_issue,
                marketing_consent_issue
            ), ''
        ) as value_issues
    from checked

),

judged as (

    {{ judge_records('collected', 'customers') }}

),

dated as (

    select
        *,
        {{ plausible_time('signed_up_at') }} as plausible_signed_up_at,
        -- a version of nobody knows when must not be taken for one that was always there
        coalesce({{ plausible_time('updated_at') }}, {{ plausible_time('signed_up_at') }}) as known_from
    from judged

)

select
    *,
    disposition in ('accepted', 'superseded')
    and row_number() over (
        partition by source_system, customer_id, disposition in ('accepted', 'superseded')
        order by known_from asc nulls first, source_file asc, record_number asc
    ) = 1 as is_oldest
from dated
