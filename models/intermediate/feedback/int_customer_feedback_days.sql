select
    customer_id,
    submitted_on as activity_date,
    count(*) as feedback_records,
    count(satisfaction) as ratings,
    sum(satisfaction) as satisfaction_total,
    count(case when feedback_type = 'complaint' then 1 end) as complaints
from {{ ref('int_feedback') }}
group by customer_id, submitted_on
