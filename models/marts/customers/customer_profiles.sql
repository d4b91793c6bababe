-- What is published of profiles: age band, gender, country and region, of which step by step more is withheld
-- until every combination occurs minimum_cell times. Who knows somebody's profile then finds nobody by it.

{{ config(access='private') }}

{%- set columns = ['age_band', 'gender', 'country', 'region'] %}
{%- set left_by_step = [columns, ['age_band', 'gender', 'country'], ['gender', 'country'], ['country'], []] %}

with

step_0 as (

    select
        customer_id,
        {{ age_band('age_years') }} as age_band,
        gender,
        country,
        region,
        false as is_frequent
    from {{ ref('customer_features') }}
    where is_as_of

),
{% for left in left_by_step %}
step_{{ loop.index }} as (

    select
        customer_id,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        is_frequent
        or count(*) over (partition by {{ columns | join(', ') }}) >= {{ var('minimum_cell') }} as is_frequent
    from (
        select
            customer_id,
            {%- for column in columns %}
            {%- if column in left %}
            {{ column }},
            {%- else %}
            case when is_frequent then {{ column }} end as {{ column }},
            {%- endif %}
            {%- endfor %}
            is_frequent
        from step_{{ loop.index0 }}
    ) as withheld

),
{% endfor %}
combinations as (

    select
        *,
        count(*) over (partition by {{ columns | join(', ') }}) as customers
    from step_{{ left_by_step | length }}

),

ranked as (

    select
        *,
        -- who is left, without anything, is too few: the rarest combination joins them
        max(case when is_frequent then 0 else 1 end) over () = 1
        and dense_rank() over (
            order by is_frequent, customers, {{ columns | join(' nulls last, ') }} nulls last
        ) <= 2 as is_withheld
    from combinations

)

select
    customer_id,
    case when not is_withheld then age_band end as age_band,
    case when not is_withheld then gender end as gender,
    case when not is_withheld then country end as country,
    case when not is_withheld then region end as region
from ranked
