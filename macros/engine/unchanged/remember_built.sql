{# Before a table is built: from here to its end nobody knows what it was made from. #}
{% macro forget_built(relation) %}
    {% do run_query(
        "delete from build.built_tables where table_name = '" ~ relation.schema ~ '.' ~ relation.identifier ~ "'"
    ) %}
{% endmacro %}
{# After a table was built: what it was made from, and what it holds. It is told by its rows, so that what reads it may
   stay though it was built anew; a large one by what it was made from, where that can be told. #}
{% macro remember_built(relation, made_from) %}
    {% set name = relation.schema ~ '.' ~ relation.identifier %}
    {% set is_large = 'counted.row_count > 1000000 and made.what is not null' %}
    {% set rows_looked_at = '(select case when ' ~ is_large ~ ' then 0 end from made cross join counted)' %}
    {% do run_query(
        'insert into build.built_tables with made as (select ' ~ made_from ~ ' as what), '
        ~ 'counted as (select count(*) as row_count from ' ~ relation ~ ') '
        ~ "select '" ~ name ~ "', made.what, "
        ~ 'case when ' ~ is_large ~ ' then made.what else '
        ~ rows_in_short('(from ' ~ relation ~ ' limit ' ~ rows_looked_at ~ ')') ~ ' end, counted.row_count'
        ~ ' from made cross join counted'
    ) %}
{% endmacro %}
