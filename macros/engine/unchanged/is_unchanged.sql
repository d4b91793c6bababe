{# Whether the table that is there was made from the very same, so that `dbt build` may keep it. `dbt run` and `dbt seed`
   build whatever they are asked for, as does --full-refresh. #}
{% macro is_unchanged(relation, made_from) %}
    {% if flags.WHICH != 'build' or flags.FULL_REFRESH or load_cached_relation(relation) is none %}
        {{ return(false) }}
    {% endif %}
    {% set found = run_query(
        "select count(*) from build.built_tables where table_name = '" ~ relation.schema ~ '.' ~ relation.identifier
        ~ "' and made_from = " ~ made_from ~ ' and row_count = (select count(*) from ' ~ relation ~ ')'
    ) %}
    {{ return(found[0][0] > 0) }}
{% endmacro %}
