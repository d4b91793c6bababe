{# The active source systems with their entities as one text: what the state database keeps is kept apart by it, for
   the personas of one company say nothing about another. #}
{% macro company_key() %}
    {% set systems = [] %}
    {% for system, entities in var('source_systems').items() | sort %}
        {% do systems.append(system ~ ': ' ~ (entities or []) | sort | join(', ')) %}
    {% endfor %}
    {{ return(systems | join('; ')) }}
{% endmacro %}
