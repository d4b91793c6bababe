-- Since when each customer is known: the first day on which any record of theirs is dated.
-- A profile is dated by the version that tells of it: a sign-up that was entered later was not known before.

with

days as (

    select
        customer_id,
        cast(known_from as date) as known_on
    from {{ ref('int_customer_versions') }}
    union all
    select
        customer_id,
        ordered_on
    from {{ ref('int_order_lines') }}
    union all
    select
        customer_id,
        occurred_on
    from {{ ref('int_web_events') }}
    union all
    select
        customer_id,
        submitted_on
    from {{ ref('int_feedback') }}
    union all
    select
        customer_id,
        null as known_on
    from {{ ref('int_declared_needs') }}

)

select
    customer_id,
    min(known_on) as known_on,
    max(known_on) as last_activity_on
from days
group by customer_id
