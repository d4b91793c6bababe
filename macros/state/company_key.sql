{# The active source systems with their entities as one text: what the state database keeps is kept apart by it, for
   the personas of one company say nothing about another. Consents and contacts form no personas: a company that
   delivers them as well one day is the same company. #}
{% macro company_key() %}
    {% set systems = [] %}
    {% for system, entities in var('source_systems').items() | sort %}
        {% do systems.append(system ~ ': ' ~ (entities or []) | reject('in', ['consents', 'contacts']) | sort | join(', ')) %}
    {% endfor %}
    {{ return(systems | join('; ')) }}
{% endmacro %}
