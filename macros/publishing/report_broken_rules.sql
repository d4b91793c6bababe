{# At the end of a run: says of each table whose rows are not as they should be what is wrong with how many of them,
   which a failed test alone does not. Emits no SQL. #}
{% macro report_broken_rules(results) %}
    {% if execute %}
        {% for result in results
            if result.status == 'fail' and (result.node.test_metadata or {}).name == 'valid_rows' %}
            {% set table = graph.nodes[result.node.attached_node].name %}
            {% for rule in run_query(result.node.compiled_code).rows %}
                {% do log('Broken rule: ' ~ table ~ ', ' ~ rule['broken_rule'] ~ ': ' ~ rule['broken_rows'] ~ ' rows', info=true) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
