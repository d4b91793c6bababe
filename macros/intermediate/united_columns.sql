{# The canonical columns of an entity as they go on from staging: without what is private, of which they tell only
   whether it was there (has_<column>: true, or null). #}
{% macro united_columns(entity) %}
    {% set columns = [] %}
    {% for column in canonical_columns(entity) if column.name != 'attributes' %}
        {% if column.private %}
            {% do columns.append({'name': 'has_' ~ column.name, 'type': 'boolean', 'reads': column.name, 'private': true}) %}
        {% else %}
            {% do columns.append(column) %}
        {% endif %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
