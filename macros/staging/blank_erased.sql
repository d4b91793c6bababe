{# Post-hook of the demo's seeds, which stand in for a loader: rows of erased customers are emptied in the very
   transaction that loads them. They keep their place, so that positions and counts hold. #}
{% macro blank_erased(relation, system) %}
    {% if execute %}
        {% set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
        {% set id = clean_text('customer_id') %}
        {% if 'visitor_id' in columns %}
            {% set id = 'coalesce(' ~ id ~ ', ' ~ visitor_name(clean_text('visitor_id')) ~ ')' %}
        {% endif %}
        {% set emptied = ["customer_id = '" ~ erased_mark() ~ "' || " ~ erased_customer_hash(system, id)] %}
        {% for column in columns if column != 'customer_id' %}
            {% do emptied.append(column ~ ' = null') %}
        {% endfor %}
        update {{ relation }} set {{ emptied | join(', ') }} where {{ is_erased(system, id) }}
    {% endif %}
{% endmacro %}
