{# At the end of a run: says whether the published set changed, and if not, why. Emits no SQL. #}
{% macro report_publication(results) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% if is_published_by(results) %}
            {% do log('Published: ' ~ env_var('PERSONA_PUBLISH_DIR', 'published') ~ '/customer_personas.duckdb', info=true) %}
        {% else %}
            {% set reason = reason_not_to_publish() %}
            {% if not reason %}
                {% set failed = [] %}
                {% for result in results if result.status in ('error', 'fail', 'runtime error') %}
                    {% do failed.append(result.node.name ~ error_in_short(result.message)) %}
                {% endfor %}
                {% set reason = 'failed: ' ~ failed | join(', ') %}
            {% endif %}
            {% do log('Not published: ' ~ reason ~ '. The published set stays as it was.', info=true) %}
        {% endif %}
    {% endif %}
{% endmacro %}
