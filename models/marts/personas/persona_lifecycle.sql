-- What became of each persona whenever a new segmentation took over.

{%- set most = 2147483647 %}

with

sized as (

    select
        *,
        least(
            coalesce(nullif(customers_before, 0), {{ most }}),
            coalesce(nullif(customers_after, 0), {{ most }}),
            coalesce(nullif(shared_customers, 0), {{ most }})
        ) as fewest
    from {{ ref('persona_events') }}

),

events as (

    -- figures of very few customers are withheld together, since each tells about the others, and with those
    -- of another event of the day
    {{ hide_small_cells('sized', 'fewest', 'champion_id', 'persona_id, related_persona_id, event') }}

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
    case when not events.is_hidden then events.{{ column }} end as {{ column }},
    {%- endfor %}
    case when not events.is_hidden then events.jaccard end as jaccard
from events
left join names
    on events.persona_id = names.persona_id
left join names as related_names
    on events.related_persona_id = related_names.persona_id
