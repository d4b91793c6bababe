with

united as (

    {{ united_records('feedback') }}

),

checked as (

    select
        *,
        {{ reject_where(
            [
                ('unreadable_record', 'read_error is not null'),
                ('missing_customer_id', 'customer_id is null'),
            ]
            + date_problems('submitted_at')
            + [
                ('unreadable_rating', is_unreadable('rating')),
                ('rating_out_of_scale', 'rating < 0 or rating > coalesce(rating_scale_max, 5)'),
            ]
        ) }} as rejection_reason,
        {{ unreadable_values() }} as value_issues,
        feedback_id as version_key,
        -- who edits a review submits it once more
        coalesce({{ plausible_time('updated_at') }}, submitted_at) as version_at,
        customer_id as owner_key,
        submitted_at as happened_at,
        cast(null as timestamp) as occasion
    from united

)

{{ judge_records('checked', 'feedback') }}
