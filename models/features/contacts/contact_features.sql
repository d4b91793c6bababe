-- What a customer was sent and answered. Contacts are the company's own doing: only targets of kind response
-- look at them. An answer without a date is known once the horizon after the sending is over.

{{ config(materialized='ephemeral') }}

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('observations') }}

),

contacts as (

    select
        customer_id,
        sent_on,
        case
            when has_responded
                then coalesce(
                    cast(responded_at as date), {{ add_days('sent_on', var('horizon_days')) }}
                )
        end as responded_on
    from {{ ref('int_contacts') }}
    -- a message that did not arrive is known as such only later
    where response_kind != 'held_out'

),

totals as (

    select
        observations.customer_id,
        observations.observation_date,
        count(*) as contacts_sent,
        count(case when contacts.responded_on < observations.observation_date then 1 end)
            as contacts_answered,
        max(
            case when contacts.responded_on < observations.observation_date then contacts.responded_on end
        ) as last_response_on
    from observations
    inner join contacts
        on
            observations.customer_id = contacts.customer_id
            and observations.observation_date > contacts.sent_on
    group by observations.customer_id, observations.observation_date

)

select
    observations.customer_id,
    observations.observation_date,
    {{ zero_where_provided('contacts', 'totals.contacts_sent') }} as contacts_sent,
    {{ zero_where_provided('contacts', 'totals.contacts_answered') }} as contacts_answered,
    {{ dbt.datediff('totals.last_response_on', 'observations.observation_date', 'day') }}
        as days_since_last_response
from observations
left join totals
    on
        observations.customer_id = totals.customer_id
        and observations.observation_date = totals.observation_date
