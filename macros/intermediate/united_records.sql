{# The staged records of an entity, of all systems one below the other, as they go on from staging: where each came
   from, and its canonical columns without direct identifiers. #}
{% macro united_records(entity) -%}
    {{ unite_systems(entity, provenance_columns() + united_columns(entity)) }}
{%- endmacro %}
