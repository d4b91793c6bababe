-- Who answered: a target per campaign type, about those contacted in the step of the grid that begins on the
-- date, so that what is known of them is from before the sending. An answer counts until the horizon is over.

{{ config(materialized='ephemeral') }}
{%- set sending_days = [var('observation_step_days'), var('horizon_days')] | min %}

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('label_observations') }}

),

contacts as (

    select
        customer_id,
        sent_on,
        {{ response_target('campaign_type') }} as target,
        has_responded,
        responded_at,
        count(*) over (partition by {{ response_target('campaign_type') }}) as contacts_of_type
    from {{ ref('int_contacts') }}
    where response_kind not in ('held_out', 'undelivered')

)

select
    contacts.target,
    observations.customer_id,
    observations.observation_date,
    max(
        case
            when
                contacts.has_responded
                and coalesce(
                    contacts.responded_at
                    < {{ add_days('observations.observation_date', var('horizon_days')) }},
                    true
                )
                then 'yes'
            else 'no'
        end
    ) as label
from observations
inner join contacts
    on
        observations.customer_id = contacts.customer_id
        and observations.observation_date <= contacts.sent_on
        and contacts.sent_on < {{ add_days('observations.observation_date', sending_days) }}
-- a name that few share may be anything
where contacts.contacts_of_type >= {{ var('minimum_cell') }}
group by contacts.target, observations.customer_id, observations.observation_date
