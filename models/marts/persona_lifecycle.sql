-- What became of each persona whenever a new segmentation took over.

with

events as (

    select * from {{ ref('persona_events') }}

),

names as (

    select * from {{ ref('persona_names_ever') }}

)

select
    events.champion_id,
    events.event_on,
    events.event,
    events.persona_id,
    names.persona_name,
    events.related_persona_id,
    related_names.persona_name as related_persona_name,
    events.customers_before,
    events.customers_after,
    events.shared_customers,
    events.jaccard
from events
left join names
    on events.persona_id = names.persona_id
left join names as related_names
    on events.related_persona_id = related_names.persona_id
