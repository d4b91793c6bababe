{# Pre-hook of publish: stops it, before it touches anything, unless this run builds and tests everything. Emits no SQL. #}
{% macro refuse_partial_publication() %}
    {% if execute %}
        {% set reason = reason_not_to_publish() %}
        {% if reason %}
            {% do exceptions.raise_compiler_error(
                'Not published: ' ~ reason ~ '. The published set stays as it was. Run plain `dbt build` to publish.'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
