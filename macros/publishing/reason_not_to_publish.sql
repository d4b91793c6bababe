{# Why this run may not publish, in words; nothing where it may. Only what was built and tested whole is published. #}
{% macro reason_not_to_publish() %}
    {% if flags.WHICH != 'build' %}
        {{ return('`dbt ' ~ flags.WHICH ~ '` does not build and test everything') }}
    {% endif %}
    {% if flags.EMPTY or flags.SAMPLE %}
        {{ return('with --empty or --sample a run does not read all records') }}
    {% endif %}
    {% set upstream = upstream_of_publish() %}
    {% set left_out = [] %}
    {% for id in upstream if id not in selected_resources and id.split('.')[0] in ('model', 'seed') %}
        {% do left_out.append(graph.nodes[id].name) %}
    {% endfor %}
    {% for node in graph.nodes.values() if node.resource_type == 'test' and node.unique_id not in selected_resources %}
        {# a test of a disabled model has no parents #}
        {% if node.depends_on.nodes and node.depends_on.nodes | reject('in', upstream) | list | length == 0 %}
            {% do left_out.append(node.name) %}
        {% endif %}
    {% endfor %}
    {% if left_out %}
        {{ return(
            'this run leaves out ' ~ left_out | length ~ ' models, seeds or tests that the published tables rest on ('
            ~ (left_out | sort)[:3] | join(', ') ~ (', ...' if left_out | length > 3 else '') ~ ')'
        ) }}
    {% endif %}
    {{ return('') }}
{% endmacro %}
