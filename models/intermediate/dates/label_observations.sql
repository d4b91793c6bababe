with

customers as (

    select
        customer_id,
        known_on
    from {{ ref('int_customers_known') }}

),

dates as (

    select observation_date from {{ ref('label_dates') }}
    where not is_as_of

),

published as (

    -- of what was published on other dates the outcome is looked up
    select distinct
        due.customer_id,
        due.as_of_date as observation_date
    from {{ ref('int_predictions_due') }} as due
    left join dates
        on due.as_of_date = dates.observation_date
    where dates.observation_date is null

)

select
    customers.customer_id,
    dates.observation_date,
    customers.known_on
from customers
inner join dates
    on customers.known_on < dates.observation_date
union all
select
    customers.customer_id,
    published.observation_date,
    customers.known_on
from customers
inner join published
    on
        customers.customer_id = published.customer_id
        and customers.known_on < published.observation_date
