{# Columns of all systems' staged records of an entity, one system below the other; without any system, an empty
   relation of these columns. columns: dicts of name and type; those of the entity go on without direct identifiers. #}
{% macro unite_systems(entity, columns) %}
    {%- set of_entity = united_columns(entity) | map(attribute='name') | list %}
    {%- for system in active_systems(entity) %}
    {%- set records = ref('stg_' ~ system ~ '__' ~ entity) %}
    select
        '{{ system }}' as source_system
        {%- for column in columns %},
        {{ without_identifiers(column, records) if column.name in of_entity else column.name }} as {{ column.name }}
        {%- endfor %}
    from {{ records }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- else %}
    select
        cast(null as varchar) as source_system
        {%- for column in columns %},
        cast(null as {{ column.type }}) as {{ column.name }}
        {%- endfor %}
    where false
    {%- endfor %}
{% endmacro %}
