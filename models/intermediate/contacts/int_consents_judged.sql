-- No consent is set aside for its date: to lose a refusal would be worse than not to know when it was.

with

united as (

    {{ united_records('consents') }}

),

checked as (

    select
        *,
        {{ reject_where([
            ('unreadable_record', 'read_error is not null'),
            ('missing_customer_id', 'customer_id is null'),
            ('missing_status', 'status is null'),
            ('future_updated_at', 'updated_at > ' ~ latest_plausible_time()),
        ]) }} as rejection_reason,
        nullif(
            concat_ws(
                ',',
                {{ unreadable_values() }},
                case
                    when recorded_at > {{ latest_plausible_time() }} then 'future_recorded_at'
                    when recorded_at < cast('{{ var("earliest_plausible_date") }}' as timestamp)
                        then 'implausible_recorded_at'
                end,
                case when {{ consent_status('status') }} = 'unknown' then 'unknown_consent_status' end
            ), ''
        ) as value_issues,
        -- what a customer said another time is no version of it
        concat_ws(
            ' | ',
            customer_id,
            coalesce(lower(channel), ''),
            coalesce(lower(purpose), ''),
            coalesce(cast(recorded_at as varchar), '')
        ) as version_key,
        updated_at as version_at,
        customer_id as owner_key,
        recorded_at as happened_at,
        cast(null as timestamp) as occasion
    from united

)

{{ judge_records('checked', 'consents') }}
