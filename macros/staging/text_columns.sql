{# The columns that hold texts, lists of them included, by table, of all that is built downstream of staging. #}
{% macro text_columns() %}
    {% set columns = {} %}
    {% if execute %}
        {% for row in run_query(
            "select table_name, column_name from information_schema.columns "
            ~ "where table_catalog = '" ~ target.database ~ "' and table_schema not in ('raw', 'staging') "
            ~ "and data_type like '%VARCHAR%'"
        ).rows %}
            {% do columns.setdefault(row[0], []).append(row[1]) %}
        {% endfor %}
    {% endif %}
    {{ return(columns) }}
{% endmacro %}
