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

with

undeclared as (

    select
        cast(null as varchar) as relation,
        cast(null as varchar) as column_name,
        cast(null as varchar) as problem
    where false
    {%- for node in nodes_with_records() %}
    {%- set unknown = columns_without_pii_level(node, levels) %}
    {%- if unknown %}
    union all
    select
        '{{ node.name }}' as relation,
        '{{ unknown | join(",\n        ") }}' as column_name,
        'meta.pii is missing, or not one of {{ levels | join(", ") }}' as problem
    {%- endif %}
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
        -- noqa: disable=LT05
        lower(actual.column_name) not in ('{{ node.columns | join("', '") | lower }}')
        -- noqa: enable=LT05
    {%- endif %}
    {%- endfor %}

)

select * from undeclared
