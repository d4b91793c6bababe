{# After an incremental Python model: the table in which the adapter handed over the new rows, and which it leaves
   behind. It holds records as received, in a schema where nobody looks for them. #}
{% macro drop_temporary_tables(relation) %}
    {%- if execute %}
        {%- set found = run_query(
            "select schema_name, table_name from duckdb_tables() where database_name = current_database() and "
            ~ "starts_with(table_name, '" ~ relation.identifier ~ "__dbt_tmp')"
        ) %}
        {%- for row in found.rows %}
            {%- do run_query('drop table "' ~ row[0] ~ '"."' ~ row[1] ~ '"') %}
        {%- endfor %}
    {%- endif %}
{% endmacro %}
