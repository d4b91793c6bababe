-- Every column of every active source, demo seed, landing and staging model declares meta.pii, and these
-- models and seeds have no column that is not declared.

{{ config(group='intake') }}
{%- set levels = ['direct', 'quasi', 'sensitive', 'none'] %}

{#- parents, so that the test runs once they are built #}
{%- for system, entities in var('source_systems').items() %}
{%- for entity in entities %}
-- depends_on: {{ ref('stg_' ~ system ~ '__' ~ entity) }}
{%- endfor %}
{%- endfor %}

{%- set nodes = [] %}
{%- if execute %}
{%- for source in graph.sources.values() if source.package_name == project_name %}
{%- do nodes.append(source) %}
{%- endfor %}
{%- for node in graph.nodes.values() if node.package_name == project_name %}
{%- if node.resource_type == 'seed' and node.fqn[1] != 'reference' %}
{%- do nodes.append(node) %}
{%- elif node.resource_type == 'model' and node.fqn[1] in ('staging', 'landing') %}
{%- do nodes.append(node) %}
{%- endif %}
{%- endfor %}
{%- endif %}

with

undeclared as (

    select
        cast(null as varchar) as relation,
        cast(null as varchar) as column_name,
        cast(null as varchar) as problem
    where false
    {%- for node in nodes %}
    {%- for column in node.columns.values() %}
    {%- set meta = column.get('config', {}).get('meta', {}) or column.get('meta', {}) %}
    {%- if meta.get('pii') not in levels %}
    union all
    select
        '{{ node.name }}' as relation,
        '{{ column.name }}' as column_name,
        'meta.pii is {{ meta.get("pii", "missing") }}, not one of {{ levels | join(", ") }}' as problem
    {%- endif %}
    {%- endfor %}
    {%- if node.resource_type != 'source' %}
    union all
    select
        '{{ node.name }}' as relation,
        actual.column_name,
        'the column is not in the property file' as problem
    from (
        {{ column_names_of(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )) }}
    ) as actual
    where
        lower(actual.column_name) not in (
            ''
            {%- for name in node.columns %},
            '{{ name | lower }}'
            {%- endfor %}
        )
    {%- endif %}
    {%- endfor %}

)

select * from undeclared
