-- The var in_personas names features that are there: one that is misspelt would change nothing.

{%- set given = [] %}
{%- for feature in var('in_personas') %}
{%- do given.append("select " ~ text_literal(feature) ~ " as feature_name") %}
{%- endfor %}

with

given as (

    {{ given | join('\n    union all\n    ') or 'select cast(null as varchar) as feature_name' }}

)

select
    given.feature_name,
    'The var in_personas names a feature that features.feature_catalog does not have' as problem
from given
left join {{ ref('feature_catalog') }} as feature_catalog
    on given.feature_name = feature_catalog.feature_name
where given.feature_name is not null and feature_catalog.feature_name is null
