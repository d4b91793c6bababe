-- Only who gave consent and is not held out. One action each: the first of next_best_actions that fits; none
-- after a complaint, or where the customer has heard enough.

with

matches as (

    {{ action_matches() }}

),

complaints as (

    select
        feedback_days.customer_id,
        max(feedback_days.activity_date) as complained_on
    from {{ ref('int_customer_feedback_days') }} as feedback_days
    inner join {{ ref('observation_dates') }} as observation_dates
        on feedback_days.activity_date < observation_dates.observation_date
    where feedback_days.complaints > 0 and observation_dates.is_as_of
    group by feedback_days.customer_id

),

contacts as (

    select
        contacts.customer_id,
        count(*) as contacts_of_week
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('observation_dates') }} as observation_dates
        on
            observation_dates.is_as_of
            and contacts.sent_on >= {{ add_days('observation_dates.observation_date', -7) }}
    where
        contacts.response_kind != 'held_out'
        -- a build that looks back knows no later ones
        and ({{ as_of_date() }} is null or contacts.sent_on < observation_dates.observation_date)
    group by contacts.customer_id

),

chosen as (

    select
        matches.*,
        drivers.reason as driver_reason,
        case
            when
                complaints.complained_on
                >= {{ add_days('matches.as_of_date', -var('quiet_days_after_complaint')) }}
                then 'complaint'
            when contacts.contacts_of_week >= {{ var('contacts_per_week') }} then 'contacts of the week'
            when matches.next_best_action is null then 'no rule fits'
            else matches.blocked_by
        end as held_back_by
    from matches
    left join complaints
        on matches.customer_id = complaints.customer_id
    left join contacts
        on matches.customer_id = contacts.customer_id
    left join {{ ref('need_drivers') }} as drivers
        on
            matches.customer_id = drivers.customer_id
            and matches.action_driver = drivers.level || ' ' || drivers.measure
    where matches.action_rank = 1

)

select
    customer_id,
    as_of_date,
    persona_id,
    persona_name,
    rfm_segment,
    churn_probability,
    case when held_back_by is null then next_best_action end as next_best_action,
    case when held_back_by is null then action_channel end as action_channel,
    case when held_back_by is null then action_priority end as action_priority,
    held_back_by,
    next_need,
    need_target,
    need,
    need_probability,
    need_lift,
    -- probability of an order within the horizon, in the next need where there is one
    coalesce(purchase_probability * coalesce(next_need_probability, 1), need_probability) as score,
    coalesce(
        'Segment ' || rfm_segment, case when frequency = 0 then 'No order yet' else 'Orders unknown' end
    )
    || coalesce(
        '; ' || cast(cast(round(100 * purchase_probability) as integer) as varchar)
        || ' % likely to order within {{ var("horizon_days") }} days', ''
    )
    || coalesce(
        '; ' || next_need || ' comes next with '
        || cast(cast(round(100 * next_need_probability) as integer) as varchar) || ' %', ''
    )
    || coalesce(
        '; ' || replace(need_target, '_', ' ') || ': ' || need || ' with '
        || cast(cast(round(100 * need_probability) as integer) as varchar) || ' %', ''
    )
    || coalesce(' (known: ' || need_declared || ')', '')
    || coalesce('; ' || driver_reason, '') as reason,
    is_reachable
from chosen
