-- What each customer last said about a channel and a purpose. With as_of_date set, as of that date; without,
-- all that was recorded counts, so that a withdrawal after the last order is not overlooked.

with

judged as (

    select
        *,
        case
            when coalesce(value_issues, '') not like '%recorded_at%' then recorded_at
        end as plausible_recorded_at
    from {{ ref('int_consents_judged') }}
    where disposition = 'accepted'

),

said as (

    select
        customer_identities.customer_id,
        lower(judged.channel) as channel,
        lower(judged.purpose) as purpose,
        {{ consent_status('judged.status') }} as status,
        judged.plausible_recorded_at as recorded_at,
        judged.updated_at,
        judged.source_file,
        judged.record_number
    from judged
    inner join {{ ref('customer_identities') }} as customer_identities
        on
            judged.source_system = customer_identities.source_system
            and judged.customer_id = customer_identities.source_customer_id
    union all
    -- who unsubscribes from a contact withdraws the consent for its channel
    select
        customer_id,
        nullif(channel, 'unknown') as channel,
        null as purpose,
        'withdrawn' as status,
        refused_at as recorded_at,
        cast(null as timestamp) as updated_at,
        cast(null as varchar) as source_file,
        cast(null as bigint) as record_number
    from {{ ref('int_contacts') }}
    where refused_at is not null

),

named as (

    select
        *,
        case when channel in ('any', 'all', '*') then 'any' else coalesce(channel, 'any') end as channel_name,
        case when purpose in ('any', 'all', '*') then 'any' else coalesce(purpose, 'any') end as purpose_name
    from said
    {%- if var('as_of_date') %}
    where recorded_at is null or recorded_at < {{ as_of_date() }}
    {%- endif %}

),

ranked as (

    select
        *,
        min(recorded_at) over (partition by customer_id, channel_name, purpose_name) as first_recorded_at,
        row_number() over (
            partition by customer_id, channel_name, purpose_name
            order by
                -- a refusal that nobody knows the date of is never outdated, a grant always
                case when recorded_at is null and status in ('denied', 'withdrawn') then 0 else 1 end,
                recorded_at desc nulls last,
                updated_at desc nulls last,
                source_file desc nulls first,
                record_number desc nulls first
        ) as newness
    from named

)

select
    customer_id,
    channel_name as channel,
    purpose_name as purpose,
    status,
    recorded_at,
    first_recorded_at
from ranked
where newness = 1
