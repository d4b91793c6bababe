{# Why a run that has ended did not publish, in words; nothing where it did. #}
{% macro why_not_published(results) %}
    {% if is_published_by(results) %}
        {{ return('') }}
    {% endif %}
    {% set reason = reason_not_to_publish() %}
    {% if reason %}
        {{ return(reason) }}
    {% endif %}
    {% set failed = [] %}
    {% for result in results if result.status in ('error', 'fail', 'runtime error') %}
        {% do failed.append(result.node.name ~ error_in_short(result.message)) %}
    {% endfor %}
    {{ return('failed: ' ~ failed | join(', ')) }}
{% endmacro %}
