{# Read a seed, whatever the name of the folder: dbt-duckdb's own macro, in whose place this stands, takes an apostrophe
   for the end of the path and brackets or asterisks for a pattern of names. #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% set path = adapter.get_seed_file_path(model) | replace("'", "''") %}
    {% set path = path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') %}
    {% set sql %}
        copy {{ this.render() }} from '{{ path }}' (format csv, header true, delimiter ',')
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
