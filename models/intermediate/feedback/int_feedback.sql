with

judged as (

    select * from {{ ref('int_feedback_judged') }}
    where disposition = 'accepted'

),

customer_identities as (

    select * from {{ ref('customer_identities') }}

)

select
    judged.source_system,
    judged.feedback_id,
    customer_identities.customer_id,
    judged.submitted_at,
    cast(judged.submitted_at as date) as submitted_on,
    lower(judged.channel) as channel,
    lower(judged.feedback_type) as feedback_type,
    judged.rating,
    -- one scale for all: per cent of the best rating possible
    cast(
        100 * judged.rating / nullif(coalesce(judged.rating_scale_max, 5), 0) as decimal(9, 3)
    ) as satisfaction
from judged
inner join customer_identities
    on
        judged.source_system = customer_identities.source_system
        and judged.customer_id = customer_identities.source_customer_id
