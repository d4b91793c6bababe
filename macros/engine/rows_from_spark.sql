{# Have Spark compute a query, and give the one that reads its rows (src/customer_personas/spark/engine.py). #}
{% macro rows_from_spark(code, relation) %}
    {% set found = run_query(
        'select compute_on_spark($spark$' ~ code ~ "$spark$, '" ~ relation.schema ~ "', '" ~ relation.identifier ~ "')"
    ) %}
    {{ return(found[0][0]) }}
{% endmacro %}
