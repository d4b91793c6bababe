{# The rows of a model that a run built, each a map of the columns asked for, ready for tojson; none where it did not. #}
{% macro rows_if_built(results, model, columns) %}
    {% set rows = [] %}
    {% for result in results if result.node.name == model and result.status == 'success' %}
        {% for row in run_query(
            'select ' ~ columns | join(', ') ~ ' from ' ~ result.node.relation_name ~ ' order by all'
        ) %}
            {% set values = {} %}
            {% for column in columns %}
                {% set value = row[column] %}
                {# numbers come as Decimal, which JSON does not have #}
                {% set is_decimal = value is number and value is not integer and value is not boolean %}
                {% do values.update({column: value | float if is_decimal else value}) %}
            {% endfor %}
            {% do rows.append(values) %}
        {% endfor %}
    {% endfor %}
    {{ return(rows) }}
{% endmacro %}
