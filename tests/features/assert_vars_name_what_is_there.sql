-- Warns of names in the vars confirmed_features, in_personas and published_attributes that nothing has: they
-- do nothing. A column that came without values is there.
-- depends_on: {{ ref('feature_catalog') }}, {{ ref('attribute_catalog') }}, {{ ref('int_source_formats') }}

{%- set given = [] %}
{%- for setting in ['confirmed_features', 'in_personas', 'published_attributes'] %}
{%- for name in var(setting) or [] %}
{%- do given.append("select '" ~ setting ~ "' as setting, " ~ text_literal(name) ~ " as given_name") %}
{%- endfor %}
{%- endfor %}

-- where nothing is named there is nothing to look at, and no test
{{ config(severity='warn', enabled=given | length > 0) }}

with

given as (

    {{ given | join('\n    union all\n    ') }}

),

attributes as (

    select attribute from {{ ref('attribute_catalog') }}
    union distinct
    select {{ column_name('column_name') }} as attribute
    from {{ ref('int_source_formats') }}
    where entity = 'customers' and read_as like 'attribute%'

),

features as (

    select feature_name from {{ ref('feature_catalog') }}
    union distinct
    select 'attribute_' || attribute as feature_name from attributes

),

names as (

    select
        'published_attributes' as setting,
        attribute as known_name
    from attributes
    union all
    select
        'confirmed_features' as setting,
        feature_name as known_name
    from features
    union all
    select
        'in_personas' as setting,
        feature_name as known_name
    from features

),

ranked as (

    select
        given.setting,
        given.given_name,
        names.known_name,
        row_number() over (
            partition by given.setting, given.given_name
            order by {{ spelling_likeness('given.given_name', 'names.known_name') }} desc, names.known_name
        ) as likeness_rank
    from given
    left join names
        on given.setting = names.setting
    where
        not exists (
            select 1 from names as same
            where given.setting = same.setting and given.given_name = same.known_name
        )

)

select
    'The var ' || setting || ' names ' || given_name || ', which '
    || case setting
        when 'published_attributes' then 'is no further column of the customers file'
        else 'is no feature'
    end || '; it does nothing. '
    || coalesce(
        'Nearest: ' || {{ dbt.listagg('known_name', "', '", 'order by likeness_rank') }} || '.',
        'There are none.'
    ) as what_is_misspelt
from ranked
where likeness_rank <= 3
group by setting, given_name
