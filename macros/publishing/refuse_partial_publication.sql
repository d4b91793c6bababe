{# Pre-hook of publish: stops it, before it touches anything, unless this run builds and tests everything. Emits no SQL. #}
{% macro refuse_partial_publication() %}
    {% if execute %}
        {% set reason = reason_not_to_publish() %}
        {% if reason %}
            {% do exceptions.raise_compiler_error(
                'Not published: ' ~ reason ~ '. The published set stays as it was. To publish, a run has to build'
                ~ ' every model and seed and pass every data test that the published tables rest on, as plain `dbt build` does'
                ~ ' (unit tests may be left out: --exclude-resource-type unit_test).'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
