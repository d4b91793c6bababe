-- customers has everybody who was known before as_of_date, each once, like the features of that date.

with

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

known as (

    select known.customer_id
    from {{ ref('int_customers_known') }} as known
    left join as_of
        on known.known_on >= as_of.as_of_date
    where as_of.as_of_date is null

),

features as (

    select
        customer_id,
        count(*) as feature_rows
    from {{ ref('customer_features') }}
    where is_as_of
    group by customer_id

),

customers as (

    select
        customer_id,
        count(*) as customer_rows
    from {{ ref('customers') }}
    group by customer_id

)

select
    known.customer_id as known_customer,
    features.customer_id as customer_with_features,
    customers.customer_id as customer,
    features.feature_rows,
    customers.customer_rows
from known
full outer join features
    on known.customer_id = features.customer_id
full outer join customers
    on coalesce(known.customer_id, features.customer_id) = customers.customer_id
where
    known.customer_id is null
    or features.feature_rows is distinct from 1
    or customers.customer_rows is distinct from 1
