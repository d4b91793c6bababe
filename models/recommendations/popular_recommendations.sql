-- The five most popular products that each customer has not bought, by each measure of popularity.

with

ordered as (
    {% for method, customers in {
        'popular_30d': 'customers_30d',
        'popular_90d': 'customers_90d',
        'popular_ever': 'customers_ever',
        'popular_same_window_last_year': 'customers_same_window_last_year',
    }.items() %}
    select
        observation_date,
        '{{ method }}' as method,
        product_id,
        {{ customers }} as customers,
        row_number() over (
            partition by observation_date
            order by {{ customers }} desc, customers_90d desc, customers_ever desc, product_id asc
        ) as place
    from {{ ref('product_popularity') }}
    where {{ customers }} > 0
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

customers as (

    select * from {{ ref('recommendation_customers') }}

),

bought as (

    select
        observation_date,
        customer_id,
        product_id
    from {{ ref('products_bought_before') }}

),

bought_places as (

    select
        customers.observation_date,
        customers.customer_id,
        ordered.method,
        ordered.place,
        row_number() over (
            partition by customers.observation_date, customers.customer_id, ordered.method
            order by ordered.place
        ) as bought_in_front
    from customers
    inner join bought
        on
            customers.observation_date = bought.observation_date
            and customers.customer_id = bought.customer_id
    inner join ordered
        on
            bought.observation_date = ordered.observation_date
            and bought.product_id = ordered.product_id
            and ordered.place <= 5 + customers.products_bought

),

skipped as (

    -- places to skip on the way down to the fifth product that was not bought
    select
        observation_date,
        customer_id,
        method,
        count(*) as places
    from bought_places
    where place - bought_in_front <= 4
    group by observation_date, customer_id, method

),

methods as (

    select distinct
        observation_date,
        method
    from ordered

),

reaches as (

    select
        customers.observation_date,
        customers.customer_id,
        methods.method,
        5 + coalesce(skipped.places, 0) as reach
    from customers
    inner join methods
        on customers.observation_date = methods.observation_date
    left join skipped
        on
            customers.observation_date = skipped.observation_date
            and customers.customer_id = skipped.customer_id
            and methods.method = skipped.method

),

lengths as (

    select distinct
        observation_date,
        method,
        reach
    from reaches

),

lists as (

    -- one list for each length, not for each customer: few customers need a long one
    select
        lengths.observation_date,
        lengths.method,
        lengths.reach,
        ordered.product_id,
        ordered.customers,
        ordered.place
    from lengths
    inner join ordered
        on
            lengths.observation_date = ordered.observation_date
            and lengths.method = ordered.method
            and lengths.reach >= ordered.place

)

select
    reaches.observation_date,
    reaches.customer_id,
    reaches.method,
    cast(row_number() over (
        partition by reaches.observation_date, reaches.customer_id, reaches.method order by lists.place
    ) as integer) as recommendation_rank,
    lists.product_id,
    lists.customers
from reaches
inner join lists
    on
        reaches.observation_date = lists.observation_date
        and reaches.method = lists.method
        and reaches.reach = lists.reach
left join bought
    on
        reaches.observation_date = bought.observation_date
        and reaches.customer_id = bought.customer_id
        and lists.product_id = bought.product_id
where bought.product_id is null
