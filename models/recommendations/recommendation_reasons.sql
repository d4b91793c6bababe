-- Why each customer is recommended each product of the published lists, in words.

with

champions as (

    select
        kind,
        method
    from {{ ref('recommendation_champions') }}

),

recommended as (

    select
        lists.observation_date,
        lists.customer_id,
        lists.kind,
        lists.recommendation_rank,
        lists.product_id,
        case when lists.is_filled then 'popular_30d' else lists.method end as basis
    from {{ ref('recommendation_lists') }} as lists
    inner join {{ ref('recommendation_dates') }} as dates
        on lists.observation_date = dates.observation_date
    inner join champions
        on
            lists.kind = champions.kind
            and lists.method = champions.method
    where dates.is_as_of

),

bought as (

    select * from {{ ref('products_bought_before') }}

),

seeds as (

    -- of the products that speak for it, the one that is most like it
    select
        recommended.customer_id,
        recommended.product_id,
        coalesce(names.product_name, neighbours.product_id) as seed_name,
        neighbours.customers_of_both,
        neighbours.customers,
        row_number() over (
            partition by recommended.customer_id, recommended.product_id
            order by neighbours.score desc, neighbours.product_id asc
        ) as seed_rank
    from recommended
    inner join bought
        on
            recommended.observation_date = bought.observation_date
            and recommended.customer_id = bought.customer_id
            and recommended.basis = 'item_neighbours'
            and bought.recent_rank <= 30
    inner join {{ ref('item_neighbours') }} as neighbours
        on
            recommended.observation_date = neighbours.observation_date
            and recommended.product_id = neighbours.neighbour_product_id
            and bought.product_id = neighbours.product_id
    left join {{ ref('product_names') }} as names
        on neighbours.product_id = names.product_id

),

popular as (

    select
        observation_date,
        product_id,
        {{ customers_in_words('customers_30d') }} as customers_30d,
        {{ customers_in_words('customers_90d') }} as customers_90d,
        {{ customers_in_words('customers_ever') }} as customers_ever,
        {{ customers_in_words('customers_same_window_last_year') }} as customers_same_window_last_year
    from {{ ref('product_popularity') }}

),

joined as (

    select
        recommended.customer_id,
        recommended.kind,
        recommended.recommendation_rank,
        recommended.product_id,
        recommended.basis,
        customers.products_bought,
        bought.days_bought,
        bought.days_since_bought,
        seeds.seed_name,
        {{ customers_in_words('seeds.customers_of_both') }} as customers_of_both,
        {{ customers_in_words('seeds.customers') }} as seed_customers,
        popular.customers_30d,
        popular.customers_90d,
        popular.customers_ever,
        popular.customers_same_window_last_year
    from recommended
    inner join {{ ref('recommendation_customers') }} as customers
        on
            recommended.observation_date = customers.observation_date
            and recommended.customer_id = customers.customer_id
    left join bought
        on
            recommended.observation_date = bought.observation_date
            and recommended.customer_id = bought.customer_id
            and recommended.product_id = bought.product_id
    left join seeds
        on
            recommended.customer_id = seeds.customer_id
            and recommended.product_id = seeds.product_id
            and seeds.seed_rank = 1
    left join popular
        on
            recommended.observation_date = popular.observation_date
            and recommended.product_id = popular.product_id

)

select
    customer_id,
    kind,
    recommendation_rank,
    product_id,
    case
        when kind = 'buy_again' and days_bought = 1
            then 'Bought once, ' || {{ days_in_words('days_since_bought') }} || ' ago'
        when kind = 'buy_again'
            then
                'Bought on ' || {{ days_in_words('days_bought') }}
                || ', last ' || {{ days_in_words('days_since_bought') }} || ' ago'
        when basis = 'item_neighbours'
            then
                upper(left(customers_of_both, 1)) || substr(customers_of_both, 2)
                || ' of ' || seed_customers || ' recent buyers of ' || seed_name
                || ' bought it too'
        else
            case when products_bought = 0 then 'Nothing bought yet; popular: ' else 'Popular: ' end
            || case basis
                when 'popular_30d' then customers_30d || ' customers bought it in the last 30 days'
                when 'popular_90d' then customers_90d || ' customers bought it in the last 90 days'
                when 'popular_ever' then customers_ever || ' customers have bought it'
                else
                    customers_same_window_last_year || ' customers bought it in the coming '
                    || {{ days_in_words(var('horizon_days')) }} || ' a year ago'
            end
    end as reason
from joined
