-- Recency, frequency and monetary quintiles (5 = best) of everybody who ever ordered, as of as_of_date and as
-- of the build before. Equal values get equal scores, whatever their order in the table.

with

order_days as (

    select * from {{ ref('int_customer_order_days') }}

),

as_of as (

    select observation_date from {{ ref('observation_dates') }}
    where is_as_of

),

-- its own features are gone; three sums over the orders before it are not
build_before as (

    select max(builds.as_of_date) as observation_date
    from {{ ref('stg_state__persona_builds') }} as builds
    inner join as_of
        on builds.as_of_date < as_of.observation_date

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

measured as (

    select
        features.customer_id,
        features.observation_date,
        features.recency_days,
        features.frequency,
        features.monetary_value,
        true as is_as_of
    from {{ ref('purchase_features') }} as features
    inner join as_of
        on features.observation_date = as_of.observation_date
    union all
    select
        order_days.customer_id,
        build_before.observation_date,
        {{ dbt.datediff(
            'max(case when order_days.orders > 0 then order_days.activity_date end)',
            'build_before.observation_date',
            'day'
        ) }} as recency_days,
        sum(order_days.orders) as frequency,
        sum(order_days.net_amount) as monetary_value,
        false as is_as_of
    from build_before
    inner join order_days
        on build_before.observation_date > order_days.activity_date
    group by order_days.customer_id, build_before.observation_date

),

ranked as (

    select
        customer_id,
        observation_date,
        is_as_of,
        percent_rank() over (partition by observation_date order by recency_days desc) as recency_rank,
        percent_rank() over (partition by observation_date order by frequency asc) as frequency_rank,
        percent_rank() over (partition by observation_date order by monetary_value asc) as monetary_rank
    from measured
    where frequency > 0

),

scored as (

    select
        customer_id,
        observation_date,
        is_as_of,
        cast(least(floor(recency_rank * 5) + 1, 5) as integer) as r_score,
        cast(least(floor(frequency_rank * 5) + 1, 5) as integer) as f_score,
        cast(least(floor(monetary_rank * 5) + 1, 5) as integer) as m_score
    from ranked

)

select
    scored.customer_id,
    scored.observation_date,
    scored.is_as_of,
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
