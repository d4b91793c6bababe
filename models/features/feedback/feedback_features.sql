with

observations as (

    select * from {{ ref('observations') }}

),

totals as (

    select
        observations.customer_id,
        observations.observation_date,
        max(feedback_days.activity_date) as last_feedback_on,
        sum(feedback_days.feedback_records) as feedback_count,
        sum(feedback_days.ratings) as ratings,
        sum(feedback_days.satisfaction_total) as satisfaction_total,
        sum(feedback_days.complaints) as complaints,
        {{ sum_in_window('feedback_days.complaints', 'feedback_days.activity_date', 180) }}
            as complaints_180d
    from observations
    inner join {{ ref('int_customer_feedback_days') }} as feedback_days
        on
            observations.customer_id = feedback_days.customer_id
            and observations.observation_date > feedback_days.activity_date
    group by observations.customer_id, observations.observation_date

)

select
    observations.customer_id,
    observations.observation_date,
    {{ zero_where_provided('feedback', 'totals.feedback_count') }} as feedback_count,
    {{ dbt.datediff('totals.last_feedback_on', 'observations.observation_date', 'day') }}
        as days_since_last_feedback,
    {{ ratio('totals.satisfaction_total', 'totals.ratings') }} as satisfaction,
    {{ zero_where_provided('feedback', 'totals.complaints') }} as complaints,
    {{ zero_where_provided('feedback', 'totals.complaints_180d') }} as complaints_180d
from observations
left join totals
    on
        observations.customer_id = totals.customer_id
        and observations.observation_date = totals.observation_date
