{# A count or sum that is zero where a customer has no record, but null where no source system provides the entity at all. #}
{% macro zero_where_provided(entity, expression, type='bigint') -%}
    {%- if active_systems(entity) -%}
        cast(coalesce({{ expression }}, 0) as {{ type }})
    {%- else -%}
        cast({{ expression }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
