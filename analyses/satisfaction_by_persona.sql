-- How satisfied is each persona, from how many ratings, and how often does it complain?

select
    coalesce(persona_name, 'No persona') as persona_name,
    count(*) as customer_count,
    count(satisfaction) as rated_customer_count,
    round(avg(satisfaction), 1) as mean_satisfaction,
    round(100 * count(case when satisfaction < 60 then 1 end) / nullif(count(satisfaction), 0), 1)
        as dissatisfied_percent,
    round(100 * sum(complaints) / count(*), 1) as complaints_per_100_customers
from {{ ref('customers') }}
group by coalesce(persona_name, 'No persona')
order by mean_satisfaction asc nulls last, persona_name asc
