select
    customers.customer_id,
    dates.observation_date,
    customers.known_on
from {{ ref('int_customers_known') }} as customers
inner join {{ ref('label_dates') }} as dates
    on customers.known_on < dates.observation_date
where not dates.is_as_of
