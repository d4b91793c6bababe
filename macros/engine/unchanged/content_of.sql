{#
    An expression that tells what a node holds: another text where it may hold something else, null where that cannot be
    told (files that a model reads by itself, tables of a loader). What was built is told by what built it; a view by its
    text and what it reads; the state and what is added to, by their rows.
#}
{% macro content_of(unique_id) -%}
    {%- set node = graph.nodes[unique_id] if unique_id in graph.nodes else graph.sources[unique_id] -%}
    {%- set kind = node.config.materialized -%}
    {%- if kind in ('table', 'seed') -%}
        (select content from build.built_tables where table_name = '{{ node.schema }}.{{ node.alias }}')
    {%- elif kind in ('view', 'ephemeral') -%}
        {%- set inputs = [] -%}
        {%- for input in node.depends_on.nodes -%}
            {%- do inputs.append(content_of(input)) -%}
        {%- endfor -%}
        {%- if kind == 'view' -%}
            {%- do inputs.append(
                "(select sql from duckdb_views() where database_name = '" ~ node.database ~ "' and schema_name = '"
                ~ node.schema ~ "' and view_name = '" ~ node.alias ~ "')"
            ) -%}
        {%- endif -%}
        md5({{ inputs | join(" || ' ' || ") or "''" }})
    {%- elif kind == 'incremental' -%}
        {{ rows_in_short(node.relation_name, node.config.meta.told_by) }}
    {%- elif node.source_name == 'history' -%}
        {{ rows_in_short(node.relation_name) }}
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}
{# A text that tells the rows of a table, whatever their order, from any others; of some of its columns where these
   tell the rest. #}
{% macro rows_in_short(relation, columns=none) -%}
    {%- if columns -%}
        (
            select cast(count(*) as varchar) || ' ' || cast(sum(hash(groups)) as varchar)
            from (select {{ columns | join(', ') }}, count(*) as row_count from {{ relation }} group by all) as groups
        )
    {%- else -%}
        (select cast(count(*) as varchar) || ' ' || coalesce(cast(sum(hash(found)) as varchar), '') from {{ relation }} as found)
    {%- endif -%}
{%- endmacro %}
