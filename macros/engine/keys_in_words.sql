{# What tells rows of a model apart, and what its columns refer to, in words, by name of the column; the key under ''.
   They are what its data tests hold: BI tools show them with the descriptions. #}
{% macro keys_in_words(model) %}
    {% set words = {} %}
    {% for test in graph.nodes.values() if test.resource_type == 'test' and test.attached_node == model.unique_id %}
        {% set asked = (test.test_metadata or {}).kwargs or {} %}
        {% if test.test_metadata.name == 'valid_rows' and asked.key and not test.config.where %}
            {% do words.update({'': ' Key: ' ~ asked.key | join(', ') ~ '.'}) %}
        {% elif test.test_metadata.name == 'relationships' %}
            {% set name = asked.to | replace('"', "'") | replace("ref('", '') | replace("')", '') %}
            {# seeds stay in the warehouse #}
            {% set model_id = 'model.' ~ project_name ~ '.' ~ name %}
            {% if model_id in graph.nodes %}
                {% set table = graph.nodes[model_id].schema ~ '.' ~ name %}
                {% do words.update({test.column_name: ' Refers to ' ~ table ~ '.' ~ asked.field ~ '.'}) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {{ return(words) }}
{% endmacro %}
