{# The columns of a canonical entity, each a dict as canonical_entities has them. Everything that knows about
   canonical columns (casting, uniting systems, absent entities) asks here; an entity that nobody knows stops it. #}
{% macro canonical_columns(entity) %}
    {% if entity not in canonical_entities() %}
        {% do exceptions.raise_compiler_error(
            "'" ~ entity ~ "' is no canonical entity; known are " ~ canonical_entities().keys() | join(', ')
            ~ ". Mend the var source_systems in dbt_project.yml or --vars."
        ) %}
    {% endif %}
    {{ return(canonical_entities()[entity]) }}
{% endmacro %}
