-- Who is recommended to: everybody known on as_of_date; on the judged dates those who bought something later.

with

judged as (

    select distinct
        observation_date,
        customer_id
    from {{ ref('products_bought_later') }}

),

customers as (

    select
        observation_date,
        customer_id,
        true as is_as_of
    from {{ ref('observations') }}
    where is_as_of
    union all
    select
        observation_date,
        customer_id,
        false as is_as_of
    from judged

),

bought as (

    select
        observation_date,
        customer_id,
        count(*) as products_bought
    from {{ ref('products_bought_before') }}
    group by observation_date, customer_id

)

select
    customers.observation_date,
    customers.customer_id,
    customers.is_as_of,
    coalesce(bought.products_bought, 0) as products_bought
from customers
left join bought
    on
        customers.observation_date = bought.observation_date
        and customers.customer_id = bought.customer_id
