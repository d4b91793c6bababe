{# The records of an entity in the demo's seeds, which stand in for a loader: where each stood, and whole as received. #}
{% macro seeded_records(entity) -%}
    select
        'seeds/demo/demo_{{ entity }}.csv' as source_file,
        {{ record_position('seeded') }} as record_number,
        {{ record_as_json('seeded') }} as record,
        cast(null as varchar) as read_error
    from {{ ref('demo_' ~ entity) }} as seeded
{%- endmacro %}
