{#
    At the end of a run: says what tests have found, what took longest, and whether the published set changed or why it
    did not. All of it goes to the run summary as well (src/customer_personas/warehouse/run_summary.py). Emits no SQL.
#}
{% macro report_run(results) %}
    {% if execute %}
        {% set findings = findings_of_tests(results) %}
        {% for finding in findings %}
            {% do log(finding, info=true) %}
        {% endfor %}
        {% if flags.WHICH in ('run', 'build') %}
            {% set kept = results | selectattr('message', 'equalto', 'KEPT') | list | length %}
            {% if kept %}
                {% do log('Kept: ' ~ kept ~ ' tables, which would be made from the same again', info=true) %}
            {% endif %}
            {% do report_slowest_nodes(results) %}
            {% set reason = why_not_published(results) %}
            {% if reason %}
                {% do log('Not published: ' ~ reason ~ '. The published set stays as it was.', info=true) %}
            {% else %}
                {% set folder = env_var('PERSONA_PUBLISH_DIR', 'published') %}
                {% do log('Published: ' ~ folder ~ '/customer_personas.duckdb', info=true) %}
            {% endif %}
            {% do hand_over_run(results, findings, reason) %}
        {% endif %}
    {% endif %}
{% endmacro %}
