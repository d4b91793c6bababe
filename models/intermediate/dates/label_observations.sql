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
        predictions.customer_id,
        outcome_dates.observation_date
    from {{ ref('stg_state__published_predictions') }} as predictions
    inner join {{ ref('int_outcome_dates') }} as outcome_dates
        on predictions.as_of_date = outcome_dates.observation_date
    left join dates
        on outcome_dates.observation_date = dates.observation_date
    where outcome_dates.is_labelled and dates.observation_date is null

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
