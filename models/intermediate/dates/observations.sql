-- Who is looked at when: every customer on every observation date after they became known.

select
    customers.customer_id,
    dates.observation_date,
    dates.is_as_of,
    customers.known_on,
    customers.first_seen_on
from {{ ref('int_customers_known') }} as customers
inner join {{ ref('observation_dates') }} as dates
    on
        customers.known_on < dates.observation_date
        -- nobody knows when an undated customer became one: they count today only
        or (customers.known_on is null and dates.is_as_of)
