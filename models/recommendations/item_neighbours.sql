-- Products bought by the same customers in the 180 days before each date: the ten best neighbours of each.
-- The limits bound the work: pairs are made of a customer's 30 newest products, and ten neighbours are kept.

with

baskets as (

    select
        observation_date,
        customer_id,
        product_id
    from {{ ref('products_bought_before') }}
    where is_kept and days_since_bought <= 180 and recent_rank <= 30

),

buyers as (

    select
        observation_date,
        product_id,
        count(*) as customers
    from baskets
    group by observation_date, product_id

),

pairs as (

    select
        baskets.observation_date,
        baskets.product_id,
        others.product_id as neighbour_product_id,
        count(*) as customers_of_both
    from baskets
    inner join baskets as others
        on
            baskets.observation_date = others.observation_date
            and baskets.customer_id = others.customer_id
            and baskets.product_id != others.product_id
    group by baskets.observation_date, baskets.product_id, others.product_id
    -- one or two customers may be chance, or one household
    having count(*) >= 3

),

compared as (

    select
        pairs.observation_date,
        pairs.product_id,
        pairs.neighbour_product_id,
        pairs.customers_of_both,
        buyers.customers,
        -- the cosine of the two products' buyers, with ten more each: few in common weigh little
        cast(
            pairs.customers_of_both / sqrt((buyers.customers + 10) * (neighbour_buyers.customers + 10))
            as decimal(18, 9)
        ) as similarity,
        popularity.expected_customers_30d
    from pairs
    inner join buyers
        on
            pairs.observation_date = buyers.observation_date
            and pairs.product_id = buyers.product_id
    inner join buyers as neighbour_buyers
        on
            pairs.observation_date = neighbour_buyers.observation_date
            and pairs.neighbour_product_id = neighbour_buyers.product_id
    inner join {{ ref('product_popularity') }} as popularity
        on
            pairs.observation_date = popularity.observation_date
            and pairs.neighbour_product_id = popularity.product_id

),

scored as (

    select
        observation_date,
        product_id,
        neighbour_product_id,
        customers_of_both,
        customers,
        similarity,
        -- what will sell is wanted more; damped, or the bestsellers would be neighbours of everything
        cast(similarity * power(1 + expected_customers_30d, 1.0 / 3) as decimal(18, 9)) as score
    from compared

),

ranked as (

    select
        *,
        row_number() over (
            partition by observation_date, product_id order by score desc, neighbour_product_id asc
        ) as neighbour_rank
    from scored

)

select
    observation_date,
    product_id,
    neighbour_product_id,
    neighbour_rank,
    customers_of_both,
    customers,
    similarity,
    score
from ranked
where neighbour_rank <= 10
