-- Each contact with the answer that counts most, the first of its kind: a response before a refusal before
-- nothing.

with

judged as (

    select * from {{ ref('int_contacts_judged') }}
    where disposition = 'accepted'

),

answers as (

    select
        customer_identities.customer_id,
        judged.campaign,
        coalesce(lower(judged.channel), 'unknown') as channel,
        judged.sent_at,
        lower(judged.campaign_type) as campaign_type,
        lower(judged.response) as response,
        case
            when coalesce(judged.value_issues, '') like '%respond%' then null
            -- on the same day, of which one of the two has no time
            when judged.responded_at < judged.sent_at then judged.sent_at
            else judged.responded_at
        end as responded_at,
        case
            when judged.response is null and judged.responded_at is null then 'none'
            else coalesce(responses.counts_as, 'response')
        end as counts_as
    from judged
    inner join {{ ref('customer_identities') }} as customer_identities
        on
            judged.source_system = customer_identities.source_system
            and judged.customer_id = customer_identities.source_customer_id
    left join {{ ref('responses') }} as responses
        on {{ vocabulary_key('judged.response') }} = {{ vocabulary_key('responses.response') }}

),

ranked as (

    select
        *,
        max(campaign_type) over (partition by customer_id, campaign, channel, sent_at) as known_campaign_type,
        min(case when counts_as = 'refusal' then coalesce(responded_at, sent_at) end)
            over (partition by customer_id, campaign, channel, sent_at) as refused_at,
        row_number() over (
            partition by customer_id, campaign, channel, sent_at
            order by
                case counts_as
                    when 'response' then 1
                    when 'refusal' then 2
                    when 'undelivered' then 3
                    else 4
                end,
                responded_at asc nulls last,
                response asc nulls last
        ) as answer_rank
    from answers

)

select
    customer_id,
    campaign,
    channel,
    sent_at,
    cast(sent_at as date) as sent_on,
    known_campaign_type as campaign_type,
    response,
    counts_as as response_kind,
    counts_as = 'response' as has_responded,
    case when counts_as != 'none' then responded_at end as responded_at,
    refused_at
from ranked
where answer_rank = 1
