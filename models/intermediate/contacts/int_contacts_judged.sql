with

united as (

    {{ united_records('contacts') }}

),

checked as (

    select
        *,
        {{ reject_where(
            [
                ('unreadable_record', 'read_error is not null'),
                ('missing_customer_id', 'customer_id is null'),
                ('missing_campaign', 'campaign is null'),
            ]
            + date_problems('sent_at')
        ) }} as rejection_reason,
        nullif(
            concat_ws(
                ',',
                {{ unreadable_values() }},
                case
                    when responded_at > {{ latest_plausible_time() }} then 'future_responded_at'
                    -- compared by day, since one of the two may have no time of day
                    when cast(responded_at as date) < cast(sent_at as date) then 'responded_before_sent'
                end
            ), ''
        ) as value_issues,
        -- each response to a contact may be a record of its own: opened, clicked, ordered
        concat_ws(
            ' | ',
            customer_id,
            campaign,
            coalesce(lower(channel), ''),
            coalesce(cast(sent_at as varchar), ''),
            coalesce(lower(response), '')
        ) as version_key,
        coalesce({{ plausible_time('updated_at') }}, responded_at) as version_at,
        customer_id as owner_key,
        sent_at as happened_at,
        cast(null as timestamp) as occasion
    from united

)

{{ judge_records('checked', 'contacts') }}
