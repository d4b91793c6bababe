-- Since when each customer is known: the first day on which any record of theirs is dated.

with

days as (

    select
        customer_id,
        cast(known_from as date) as known_on,
        true as is_profile
    from {{ ref('int_customer_versions') }}
    union all
    -- The oldest version left dates from its sign-up. Where a company overwrites its versions, the change
    -- would else say who came back: they would be missing on the dates before, and who stayed away not.
    select
        customer_id,
        cast(signed_up_at as date) as known_on,
        true as is_profile
    from {{ ref('int_customer_versions') }}
    where is_oldest
    union all
    select
        customer_id,
        ordered_on as known_on,
        false as is_profile
    from {{ ref('int_order_lines') }}
    union all
    select
        customer_id,
        occurred_on as known_on,
        false as is_profile
    from {{ ref('int_web_events') }}
    union all
    select
        customer_id,
        submitted_on as known_on,
        false as is_profile
    from {{ ref('int_feedback') }}
    union all
    select
        customer_id,
        cast(declared_at as date) as known_on,
        true as is_profile
    from {{ ref('int_declared_needs') }}
    union all
    select
        customer_id,
        cast(first_recorded_at as date) as known_on,
        null as is_profile
    from {{ ref('int_consents') }}
    union all
    select
        customer_id,
        sent_on as known_on,
        null as is_profile
    from {{ ref('int_contacts') }}

)

select
    customer_id,
    min(known_on) as known_on,
    -- the first order, visit or feedback: no later profile can change it
    min(case when not is_profile then known_on end) as first_seen_on,
    -- consents and contacts are what the company wrote down, no activity
    max(case when is_profile is not null then known_on end) as last_activity_on
from days
group by customer_id
