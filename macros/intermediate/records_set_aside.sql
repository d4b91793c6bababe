{# The staged records of every entity with their judgement, one entity below the other: whole as received, for
   quarantine_retention_days from the first build that saw them.
   problem: the expression that names what is wrong; condition: which of them. #}
{% macro records_set_aside(problem, condition) %}
    {%- set place = [
        {'name': 'source_file', 'type': 'varchar'},
        {'name': 'record_number', 'type': 'bigint'},
        {'name': 'record_hash', 'type': fingerprint_type()},
        {'name': 'read_error', 'type': 'varchar'},
        {'name': 'record', 'type': 'varchar'},
    ] %}
    {%- set is_kept = 'seen.first_seen_on is null or seen.first_seen_on > '
        ~ add_days('dates.observation_date', -var('quarantine_retention_days')) %}
    {%- for entity in canonical_entities() %}
    select
        staged.source_system,
        '{{ entity }}' as entity,
        staged.source_file,
        staged.record_number,
        {{ problem }} as rejection_reason,
        staged.record_hash,
        coalesce(seen.first_seen_on, dates.observation_date) as first_seen_on,
        -- after the retention only the place and the reason are left
        case when {{ is_kept }} then staged.read_error end as read_error,
        case when {{ is_kept }} then staged.record end as record
    from ({{ unite_systems(entity, place) }}) as staged
    inner join {{ ref('int_' ~ entity ~ '_judged') }} as judged
        on
            staged.source_system = judged.source_system
            and staged.source_file = judged.source_file
            and staged.record_number = judged.record_number
    cross join (select observation_date from {{ ref('observation_dates') }} where is_as_of) as dates
    left join {{ ref('stg_state__quarantined_records') }} as seen
        on
            seen.entity = '{{ entity }}'
            and staged.source_system = seen.source_system
            and staged.record_hash = seen.record_hash
    where {{ condition }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{% endmacro %}
