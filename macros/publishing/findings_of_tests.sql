{#
    What the data tests that warned have found, and which rules of valid_rows do not hold, one line each; dbt itself
    gives counts only. Five rows of a test at most; rows of other tests that failed are not told, since they may name
    customers.
#}
{% macro findings_of_tests(results) %}
    {% set findings = [] %}
    {% for result in results if result.node.resource_type == 'test' %}
        {% set is_rule = (result.node.test_metadata or {}).name == 'valid_rows' %}
        {% if result.status == 'warn' or (result.status == 'fail' and is_rule) %}
            {% set found = run_query('select * from (' ~ result.node.compiled_code ~ ') as found limit 5') %}
            {% for row in found %}
                {% set said = row.values() | reject('none') | join(', ') ~ (' rows' if is_rule else '') %}
                {% set word = 'Warning' if result.status == 'warn' else 'Failure' %}
                {% do findings.append(word ~ ' of ' ~ result.node.name ~ ': ' ~ said) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(findings) }}
{% endmacro %}
