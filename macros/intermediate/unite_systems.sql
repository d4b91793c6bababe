{# All systems' staged records of an entity, one below the other; without any, an empty relation of the same columns. #}
{% macro unite_systems(entity) %}
    {%- set columns = provenance_columns() + canonical_columns(entity) %}
    {%- for system in active_systems(entity) %}
    select
        '{{ system }}' as source_system
        {%- for column in columns %},
        {{ column.name }}
        {%- endfor %}
    from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
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
