{# The audiences, by name: the models in models/audiences/. Known while a model is built, not while dbt parses. #}
{% macro audience_nodes() %}
    {% set nodes = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() | sort(attribute='name') %}
            {% if node.resource_type == 'model' and node.package_name == project_name and node.fqn[1] == 'audiences' %}
                {% do nodes.append(node) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(nodes) }}
{% endmacro %}
