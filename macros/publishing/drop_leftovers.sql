{# At the end of a run that published: drops what other runs left in the schemas of the project, such as tables of a
   source system that is no longer active, or drafts of a killed run. They would keep records for nobody's use. #}
{% macro drop_leftovers(results) %}
    {% if execute %}
        {% if is_published_by(results) %}
            {% set known = [] %}
            {% set schemas = [] %}
            {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}
                {% do known.append(node.schema ~ '.' ~ node.alias) %}
                {% do schemas.append("'" ~ node.schema ~ "'") %}
            {% endfor %}
            {% for row in run_query(
                "select table_schema, table_name, table_type from information_schema.tables"
                ~ " where table_catalog = '" ~ target.database ~ "' and table_schema in (" ~ schemas | unique | join(', ')
                ~ ") order by all"
            ) if row[0] ~ '.' ~ row[1] not in known %}
                {% set kind = 'view' if row[2] == 'VIEW' else 'table' %}
                drop {{ kind }} if exists "{{ row[0] }}"."{{ row[1] }}";
            {% endfor %}
        {% endif %}
    {% endif %}
{% endmacro %}
