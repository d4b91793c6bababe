-- Events of visitors who are known as customers; those of anonymous visitors are accepted,
-- but belong to nobody.

with

judged as (

    select * from {{ ref('int_web_events_judged') }}
    where disposition = 'accepted' and customer_id is not null

),

customer_identities as (

    select * from {{ ref('customer_identities') }}

)

select
    judged.source_system,
    judged.event_id,
    judged.visitor_id,
    customer_identities.customer_id,
    judged.occurred_at,
    cast(judged.occurred_at as date) as occurred_on,
    coalesce(event_types.counts_as, lower(judged.event_type)) as event_type,
    {{ product_key('judged') }} as product_id,
    category_spellings.spelling as product_category,
    lower(judged.device_type) as device_type
from judged
inner join customer_identities
    on
        judged.source_system = customer_identities.source_system
        and judged.customer_id = customer_identities.source_customer_id
left join {{ ref('event_types') }} as event_types
    on {{ vocabulary_key('judged.event_type') }} = {{ vocabulary_key('event_types.event_type') }}
left join {{ ref('category_spellings') }} as category_spellings
    on
        category_spellings.category_kind = 'product_category'
        and {{ spelling_key('judged.product_category') }} = category_spellings.spelling_key
