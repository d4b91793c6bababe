{# The descriptions of a table and its columns as comments, in one statement. A column that is described and not there
   (a feature of a category that nobody buys) is passed over, with a warning; under a contract all of them are there.
   Keys and what they refer to are said as well. #}
{% macro duckdb__persist_docs(relation, model, for_relation=true, for_columns=true) %}
    {% set comments = [] %}
    {% set keys = keys_in_words(model) %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
        {% do comments.append(alter_relation_comment(relation, model.description ~ keys.get('', ''))) %}
    {% endif %}
    {% if for_columns and config.persist_column_docs() and model.columns %}
        {% set columns = model.columns %}
        {% if not config.get('contract').enforced %}
            {% set names = run_query('describe ' ~ relation).columns[0].values() %}
            {% set columns = validate_doc_columns(relation, columns, names) %}
        {% endif %}
        {% for column in columns.values() %}
            {% do comments.append(
                'comment on column ' ~ relation ~ '.' ~ adapter.quote(column.name) ~ ' is '
                ~ duckdb_escape_comment(column.description ~ keys.get(column.name, '')) ~ ';'
            ) %}
        {% endfor %}
    {% endif %}
    {% if comments %}
        {% do run_query(comments | join('\n')) %}
    {% endif %}
{% endmacro %}
