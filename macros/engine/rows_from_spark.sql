{# Have Spark compute a query, and give the one that reads its rows (src/customer_personas/spark/engine.py). #}
{% macro rows_from_spark(code, relation) %}
    {% set found = run_query(
        'select compute_on_spark($spark$' ~ code ~ "$spark$, '" ~ relation.schema ~ "', '" ~ relation.identifier ~ "')"
    ) %}
    {{ return(found[0][0]) }}
{% endmacro %}

{# Let Spark read a table from DuckDB from now on, which it may have computed itself before. #}
{% macro forget_on_spark(relation) %}
    {% do run_query("select forget_on_spark('" ~ relation.schema ~ "', '" ~ relation.identifier ~ "')") %}
{% endmacro %}
