{# At the end of a run: says what each data test that warned has found, five rows of it. dbt itself gives the count only. #}
{% macro report_warnings(results) %}
    {% if execute %}
        {% for result in results if result.status == 'warn' and result.node.resource_type == 'test' %}
            {% set found = run_query('select * from (' ~ result.node.compiled_code ~ ') as found limit 5') %}
            {% for row in found %}
                {% set said = [] %}
                {% for value in row.values() if value is not none %}
                    {% do said.append(value) %}
                {% endfor %}
                {% do log('Warning of ' ~ result.node.name ~ ': ' ~ said | join(', '), info=true) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
