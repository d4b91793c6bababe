-- What became of each persona whenever a new segmentation took over.

with

events as (

    select
        *,
        -- figures of very few customers are withheld together, since each tells about the others
        coalesce(customers_before between 1 and {{ var('minimum_cell') - 1 }}, false)
        or coalesce(customers_after between 1 and {{ var('minimum_cell') - 1 }}, false)
        or coalesce(shared_customers between 1 and {{ var('minimum_cell') - 1 }}, false) as is_small
    from {{ ref('persona_events') }}

),

names as (

    select * from {{ ref('persona_names') }}

)

select
    events.champion_id,
    events.event_on,
    events.event,
    events.persona_id,
    names.persona_name,
    events.related_persona_id,
    related_names.persona_name as related_persona_name,
    {%- for column in ['customers_before', 'customers_after', 'shared_customers'] %}
    case when not events.is_small then events.{{ column }} end as {{ column }},
    {%- endfor %}
    case when not events.is_small then events.jaccard end as jaccard
from events
left join names
    on events.persona_id = names.persona_id
left join names as related_names
    on events.related_persona_id = related_names.persona_id
