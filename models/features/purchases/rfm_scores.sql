-- Recency, frequency and monetary quintiles (5 = best) of everybody who ever ordered, as of as_of_date.
-- Equal values get equal scores, whatever their order in the table.

with

features as (

    select * from {{ ref('purchase_features') }}

),

dates as (

    select observation_date from {{ ref('observation_dates') }}
    where is_as_of

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

ranked as (

    select
        features.customer_id,
        features.observation_date,
        percent_rank() over (order by features.recency_days desc) as recency_rank,
        percent_rank() over (order by features.frequency asc) as frequency_rank,
        percent_rank() over (order by features.monetary_value asc) as monetary_rank
    from features
    inner join dates
        on features.observation_date = dates.observation_date
    where features.frequency > 0

),

scored as (

    select
        customer_id,
        observation_date,
        cast(least(floor(recency_rank * 5) + 1, 5) as integer) as r_score,
        cast(least(floor(frequency_rank * 5) + 1, 5) as integer) as f_score,
        cast(least(floor(monetary_rank * 5) + 1, 5) as integer) as m_score
    from ranked

)

select
    scored.customer_id,
    scored.observation_date,
    scored.r_score,
    scored.f_score,
    scored.m_score,
    rfm_segments.rfm_segment
from scored
left join rfm_segments
    on
        scored.r_score between rfm_segments.r_min and rfm_segments.r_max
        and scored.f_score between rfm_segments.f_min and rfm_segments.f_max
        and scored.m_score between rfm_segments.m_min and rfm_segments.m_max
