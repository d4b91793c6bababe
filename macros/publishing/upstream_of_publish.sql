{# Unique ids of everything that the publish node depends on, near or far, and of itself. #}
{% macro upstream_of_publish() %}
    {% set found = ['model.' ~ project_name ~ '.publish'] %}
    {# the list grows while it is walked: each node adds its parents #}
    {% for id in found %}
        {% if id in graph.nodes %}
            {% for parent in graph.nodes[id].depends_on.nodes if parent not in found %}
                {% do found.append(parent) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
