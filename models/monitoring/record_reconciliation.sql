{%- set entities = ['customers', 'order_lines', 'web_events', 'feedback', 'declared_needs'] -%}

with

provided as (
    {%- for system, entities_of_system in var('source_systems').items() %}
    {%- set outer = loop %}
    {%- for entity in entities_of_system %}
    select
        '{{ system }}' as source_system,
        '{{ entity }}' as entity
    {%- if not (loop.last and outer.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

judged as (
    {% for entity in entities %}
    select
        source_system,
        '{{ entity }}' as entity,
        disposition
    from {{ ref('int_' ~ entity ~ '_judged') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

received as (
    {% for entity in entities %}
    -- counted from the records themselves, not from their judgement, so that a lost one would show
    select
        source_system,
        '{{ entity }}' as entity,
        count(*) as received
    from {{ ref('int_' ~ entity ~ '_united') }}
    group by source_system
    {% if not loop.last %}
    union all
    {% endif %}
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
    provided.source_system,
    provided.entity,
    coalesce(received.received, 0) as received,
    coalesce(placed.accepted, 0) as accepted,
    coalesce(placed.duplicates, 0) as duplicates,
    coalesce(placed.superseded, 0) as superseded,
    coalesce(placed.quarantined, 0) as quarantined,
    coalesce(placed.erased, 0) as erased
from provided
left join received
    on
        provided.source_system = received.source_system
        and provided.entity = received.entity
left join placed
    on
        provided.source_system = placed.source_system
        and provided.entity = placed.entity
