{# Before a table is built: from here to its end nobody knows what it was made from. #}
{% macro forget_built(relation) %}
    {% if load_cached_relation(relation) is not none %}
        {% do run_query(
            "delete from build.built_tables where table_name = '" ~ relation.schema ~ '.' ~ relation.identifier ~ "'"
        ) %}
    {% endif %}
{% endmacro %}
{# After a table was built: what it was made from, and what it holds. A small one is told by its rows, so that what
   reads it may stay though it was built anew; a large one by what it was made from. #}
{% macro remember_built(relation, made_from) %}
    {% set name = relation.schema ~ '.' ~ relation.identifier %}
    {% set small = 1000000 %}
    {% do run_query(
        "delete from build.built_tables where table_name = '" ~ name ~ "';\n"
        ~ "insert into build.built_tables select '" ~ name ~ "', made.from_what, case when counted.row_count <= " ~ small
        ~ ' then ' ~ rows_in_short('(from ' ~ relation ~ ' limit ' ~ small ~ ')') ~ ' else made.from_what end, counted.row_count'
        ~ ' from (select ' ~ made_from ~ ' as from_what) as made'
        ~ ' cross join (select count(*) as row_count from ' ~ relation ~ ') as counted'
    ) %}
{% endmacro %}
