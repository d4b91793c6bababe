-- Where the records of each source ended. Of the intake's group, since it counts what is private to it.

{{ config(group='intake') }}

{%- set received = [] %}
{%- for entity in canonical_entities() %}
{%- for system in active_systems(entity) %}
{%- do received.append((system, entity)) %}
{%- endfor %}
{%- endfor %}

with

received as (
    {% for system, entity in received %}
    -- counted from the records themselves, not from their judgement, so that a lost one would show
    select
        '{{ system }}' as source_system,
        '{{ entity }}' as entity,
        count(*) as received
    from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

judged as (
    {% for entity in canonical_entities() %}
    select
        source_system,
        '{{ entity }}' as entity,
        disposition
    from {{ ref('int_' ~ entity ~ '_judged') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

placed as (

    select
        source_system,
        entity,
        count(case when disposition = 'accepted' then 1 end) as accepted,
        count(case when disposition = 'duplicate' then 1 end) as duplicates,
        count(case when disposition = 'superseded' then 1 end) as superseded,
        count(case when disposition = 'quarantined' then 1 end) as quarantined,
        count(case when disposition = 'erased' then 1 end) as erased
    from judged
    group by source_system, entity

)

select
    received.source_system,
    received.entity,
    received.received,
    coalesce(placed.accepted, 0) as accepted,
    coalesce(placed.duplicates, 0) as duplicates,
    coalesce(placed.superseded, 0) as superseded,
    coalesce(placed.quarantined, 0) as quarantined,
    coalesce(placed.erased, 0) as erased
from received
left join placed
    on
        received.source_system = placed.source_system
        and received.entity = placed.entity
