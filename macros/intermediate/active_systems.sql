{# The source systems that provide an entity, in the order of the var source_systems, which is checked on the way. #}
{% macro active_systems(entity) %}
    {% set systems = [] %}
    {% set provided = [] %}
    {% if var('source_systems') is not mapping %}
        {% do exceptions.raise_compiler_error(
            "The var source_systems is " ~ var('source_systems') ~ "; it names systems with lists of entities, for "
            ~ "example {files: [customers, order_lines]}. Mend it in dbt_project.yml or --vars."
        ) %}
    {% endif %}
    {% for system, entities in var('source_systems').items() %}
        {% if entities is string %}
            {% do exceptions.raise_compiler_error(
                "The var source_systems gives " ~ system ~ " the text " ~ entities ~ "; give a list: {" ~ system
                ~ ": [" ~ entities ~ "]}. Mend it in dbt_project.yml or --vars."
            ) %}
        {% endif %}
        {% for provided_entity in entities or [] %}
            {# an entity that nobody knows stops here, with a message #}
            {% do canonical_columns(provided_entity) %}
            {% do provided.append(provided_entity) %}
        {% endfor %}
        {% if entity in (entities or []) %}
            {% do systems.append(system) %}
        {% endif %}
    {% endfor %}
    {% if not provided %}
        {% do exceptions.raise_compiler_error(
            "The var source_systems names no source system with an entity: there is nothing to read. Give at least one, "
            ~ "for example {demo: [customers, order_lines]}, in dbt_project.yml or --vars."
        ) %}
    {% endif %}
    {{ return(systems) }}
{% endmacro %}
