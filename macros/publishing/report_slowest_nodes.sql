{# At the end of a run: names what took longest. Emits no SQL. #}
{% macro report_slowest_nodes(results) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set named = [] %}
        {% for result in (results | sort(attribute='execution_time', reverse=true))[:5] if result.execution_time >= 1 %}
            {% do named.append(result.node.name ~ ' ' ~ '%.0f' | format(result.execution_time) ~ ' s') %}
        {% endfor %}
        {% if named %}
            {% do log('Slowest: ' ~ named | join(', '), info=true) %}
        {% endif %}
    {% endif %}
{% endmacro %}
