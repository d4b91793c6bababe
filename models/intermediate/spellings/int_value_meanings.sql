-- What statuses of orders and consents, types of events and answers to contacts were taken for, those that no
-- seed knows included.

with

order_statuses as (

    select
        judged.source_system,
        judged.order_status as received_value,
        judged.customer_id,
        order_statuses.counts_as
    from {{ ref('int_order_lines_judged') }} as judged
    left join {{ ref('order_statuses') }} as order_statuses
        on {{ vocabulary_key('judged.order_status') }} = {{ vocabulary_key('order_statuses.order_status') }}
    where judged.disposition = 'accepted' and judged.order_status is not null

),

event_types as (

    select
        judged.source_system,
        judged.event_type as received_value,
        coalesce(judged.customer_id, judged.visitor_id) as customer_id,
        event_types.counts_as
    from {{ ref('int_web_events_judged') }} as judged
    left join {{ ref('event_types') }} as event_types
        on {{ vocabulary_key('judged.event_type') }} = {{ vocabulary_key('event_types.event_type') }}
    where judged.disposition = 'accepted' and judged.event_type is not null

),

responses as (

    select
        judged.source_system,
        judged.response as received_value,
        judged.customer_id,
        responses.counts_as
    from {{ ref('int_contacts_judged') }} as judged
    left join {{ ref('responses') }} as responses
        on {{ vocabulary_key('judged.response') }} = {{ vocabulary_key('responses.response') }}
    where judged.disposition = 'accepted' and judged.response is not null

),

consents as (

    select
        source_system,
        status as received_value,
        customer_id,
        nullif({{ consent_status('status') }}, 'unknown') as counts_as
    from {{ ref('int_consents_judged') }}
    where disposition = 'accepted'

)

{% for entity, column, values, otherwise in [
    ('order_lines', 'order_status', 'order_statuses', 'sale'), ('web_events', 'event_type', 'event_types', 'other'),
    ('contacts', 'response', 'responses', 'response'), ('consents', 'status', 'consents', 'unknown'),
] -%}
select
    source_system,
    '{{ entity }}' as entity,
    '{{ column }}' as column_name,
    lower(received_value) as received_value,
    coalesce(counts_as, '{{ otherwise }}') as counts_as,
    counts_as is not null as is_known,
    count(*) as records,
    count(distinct customer_id) as customers
from {{ values }}
group by source_system, lower(received_value), counts_as
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
