{# Post-hook of the demo's seeds, which stand in for a loader: rows of erased customers are emptied in the very
   transaction that loads them. They keep their place, so that positions and counts hold. #}
{% macro blank_erased(relation, system) %}
    {% if execute %}
        {% set id = clean_text('customer_id') %}
        {% set emptied = ["customer_id = '" ~ erased_mark() ~ "' || " ~ erased_customer_hash(system, id)] %}
        {% for column in adapter.get_columns_in_relation(relation) if column.name != 'customer_id' %}
            {% do emptied.append(column.name ~ ' = null') %}
        {% endfor %}
        update {{ relation }} set {{ emptied | join(', ') }} where {{ is_erased(system, id) }}
    {% endif %}
{% endmacro %}
