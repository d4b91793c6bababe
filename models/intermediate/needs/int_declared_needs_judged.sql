with

united as (

    {{ united_records('declared_needs') }}

),

checked as (

    select
        *,
        {{ reject_where([
            ('unreadable_record', 'read_error is not null'),
            ('missing_customer_id', 'customer_id is null'),
            ('missing_need', 'need is null'),
            ('unreadable_declared_at', is_unreadable('declared_at')),
            ('future_declared_at', 'declared_at > ' ~ latest_plausible_time()),
            ('future_updated_at', 'updated_at > ' ~ latest_plausible_time()),
        ]) }} as rejection_reason,
        nullif(
            concat_ws(
                ',',
                {{ unreadable_values() }},
                case
                    when declared_at < cast('{{ var("earliest_plausible_date") }}' as timestamp)
                        then 'implausible_declared_at'
                end
            ), ''
        ) as value_issues,
        customer_id as version_key,
        coalesce({{ plausible_time('updated_at') }}, declared_at) as version_at,
        customer_id as owner_key,
        cast(null as timestamp) as happened_at,
        cast(null as timestamp) as occasion
    from united

)

{{ judge_records('checked', 'declared_needs') }}
