{# Whether this run published, by the results that dbt hands to the end of a run. #}
{% macro is_published_by(results) %}
    {% set publish_id = 'model.' ~ project_name ~ '.publish' %}
    {% set outcome = results | selectattr('node.unique_id', 'equalto', publish_id) | first | default(none) %}
    {{ return(outcome is not none and outcome.status == 'success') }}
{% endmacro %}
