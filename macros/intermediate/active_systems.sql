{# The source systems that provide an entity, in the order of the var source_systems. #}
{% macro active_systems(entity) %}
    {% set systems = [] %}
    {% for system, entities in var('source_systems').items() if entity in entities %}
        {% do systems.append(system) %}
    {% endfor %}
    {{ return(systems) }}
{% endmacro %}
