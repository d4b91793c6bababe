with

united as (

    {{ united_records('web_events') }}

),

checked as (

    select
        *,
        {{ reject_where(
            [
                ('unreadable_record', 'read_error is not null'),
                ('missing_event_id', 'event_id is null'),
                ('missing_visitor_and_customer', 'visitor_id is null and customer_id is null'),
            ]
            + date_problems('occurred_at')
        ) }} as rejection_reason,
        {{ unreadable_values() }} as value_issues,
        event_id as version_key,
        updated_at as version_at,
        coalesce(visitor_id, customer_id) as owner_key,
        occurred_at as happened_at,
        -- events may be numbered by visit: at another time it is another event
        occurred_at as occasion
    from united

)

{{ judge_records('checked', 'web_events') }}
