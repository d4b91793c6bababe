{# What holds records of customers as received or staged: sources, seeds but for lookups, landing and staging models. #}
{% macro nodes_with_records() %}
    {% set nodes = [] %}
    {% if execute %}
        {% for source in graph.sources.values() if source.package_name == project_name %}
            {% do nodes.append(source) %}
        {% endfor %}
        {% for node in graph.nodes.values() if node.package_name == project_name %}
            {% if node.resource_type == 'seed' and node.fqn[1] != 'reference' %}
                {% do nodes.append(node) %}
            {% elif node.resource_type == 'model' and node.fqn[1] in ('staging', 'landing') %}
                {% do nodes.append(node) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(nodes) }}
{% endmacro %}
