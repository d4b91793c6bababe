-- Each of the 125 combinations of scores falls into exactly one rule of rfm_segments.

with

scores as (
    {% for score in range(1, 6) %}
    select {{ score }} as score
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

combinations as (

    select
        recency.score as r_score,
        frequency.score as f_score,
        monetary.score as m_score
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary

)

select
    combinations.r_score,
    combinations.f_score,
    combinations.m_score,
    count(rfm_segments.rfm_segment) as rules
from combinations
left join {{ ref('rfm_segments') }} as rfm_segments
    on
        combinations.r_score between rfm_segments.r_min and rfm_segments.r_max
        and combinations.f_score between rfm_segments.f_min and rfm_segments.f_max
        and combinations.m_score between rfm_segments.m_min and rfm_segments.m_max
group by combinations.r_score, combinations.f_score, combinations.m_score
having count(rfm_segments.rfm_segment) != 1
