{# The columns of a node whose meta.pii is none of these levels. #}
{% macro columns_without_pii_level(node, levels) %}
    {% set columns = [] %}
    {% for column in node.columns.values() %}
        {% set meta = column.get('config', {}).get('meta', {}) or column.get('meta', {}) %}
        {% if meta.get('pii') not in levels %}
            {% do columns.append(column.name) %}
        {% endif %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
