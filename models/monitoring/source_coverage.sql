-- What the records tell and what they do not: each canonical column, how many records fill it, and which
-- features rest on it.

{%- set entities = canonical_entities() %}

with
{% for entity in entities %}
{{ entity }} as (

    select * from {{ ref('int_' ~ entity ~ '_judged') }}
    where disposition = 'accepted'

),
{% endfor %}
filled as (
    {% for entity in entities %}
    {%- set outer = loop %}
    {%- for column in united_columns(entity) %}
    select
        '{{ entity }}' as entity,
        '{{ column.get("reads", column.name) }}' as column_name,
        {{ outer.index * 100 + loop.index }} as column_position,
        count(*) as records,
        count({{ column.name }}) as filled_records
    from {{ entity }}
    {%- if not (outer.last and loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {% endfor %}
),

requirements as (

    select
        feature_name,
        {{ split_to_rows('comes_from', ' ') }} as requirement
    from {{ ref('feature_definitions') }}

),

alternatives as (

    -- of several columns with bars between them one is enough; one with a question mark is not needed
    select
        feature_name,
        requirement,
        {{ split_to_rows("replace(requirement, '?', '')", '|') }} as source_column
    from requirements

),

used as (

    select
        filled.entity,
        filled.column_name,
        alternatives.feature_name,
        max(filled.filled_records) over (
            partition by alternatives.feature_name, alternatives.requirement
        ) > 0 or alternatives.requirement like '%?' as is_met
    from filled
    inner join alternatives
        on filled.entity || '.' || filled.column_name = alternatives.source_column

),

uses as (

    select
        entity,
        column_name,
        count(*) as features,
        {{ dbt.listagg('feature_name', "', '", 'order by feature_name') }}
            as feature_names,
        {{ dbt.listagg('case when not is_met then feature_name end', "', '", 'order by feature_name') }}
            as missing_feature_names
    from used
    group by entity, column_name

)

select
    filled.entity,
    filled.column_name,
    filled.column_position,
    filled.records,
    filled.filled_records,
    {{ ratio('filled.filled_records', 'filled.records') }} as filled_share,
    filled.filled_records > 0 as is_provided,
    coalesce(uses.features, 0) as features,
    uses.feature_names,
    uses.missing_feature_names
from filled
left join uses
    on
        filled.entity = uses.entity
        and filled.column_name = uses.column_name
