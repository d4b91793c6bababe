{# The staged records of every entity with their judgement, whole as received, one entity below the other.
   problem: the expression that names what is wrong; condition: which of them. #}
{% macro records_set_aside(problem, condition) %}
    {%- set place = [
        {'name': 'source_file', 'type': 'varchar'},
        {'name': 'record_number', 'type': 'bigint'},
        {'name': 'read_error', 'type': 'varchar'},
        {'name': 'record', 'type': 'varchar'},
    ] %}
    {%- for entity in ['customers', 'order_lines', 'web_events', 'feedback', 'declared_needs'] %}
    select
        staged.source_system,
        '{{ entity }}' as entity,
        staged.source_file,
        staged.record_number,
        {{ problem }} as rejection_reason,
        staged.read_error,
        staged.record
    from ({{ unite_systems(entity, place) }}) as staged
    inner join {{ ref('int_' ~ entity ~ '_judged') }} as judged
        on
            staged.source_system = judged.source_system
            and staged.source_file = judged.source_file
            and staged.record_number = judged.record_number
    where {{ condition }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{% endmacro %}
