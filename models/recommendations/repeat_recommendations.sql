-- The five products that each customer is most likely to buy again, by each method.

with

scored as (

    select
        bought.observation_date,
        bought.customer_id,
        bought.product_id,
        bought.days_bought,
        bought.days_since_bought,
        -- what sells now weighs more, and what was last bought 180 days ago half as much
        cast(
            bought.days_bought
            * sqrt(1 + popularity.customers_30d)
            * power(0.5, bought.days_since_bought / 180e0)
            as decimal(18, 9)
        ) as weighted_days
    from {{ ref('recommendation_customers') }} as customers
    inner join {{ ref('products_bought_before') }} as bought
        on
            customers.observation_date = bought.observation_date
            and customers.customer_id = bought.customer_id
    inner join {{ ref('product_popularity') }} as popularity
        on
            bought.observation_date = popularity.observation_date
            and bought.product_id = popularity.product_id
    where bought.is_kept

),

ranked as (
    {% for method, score, ordering in [
        ('weighted_repeats', 'weighted_days', 'weighted_days desc, days_since_bought asc'),
        ('own_repeats', 'days_bought', 'days_bought desc, days_since_bought asc'),
        ('own_recent', '-days_since_bought', 'days_since_bought asc, days_bought desc'),
    ] %}
    select
        observation_date,
        customer_id,
        '{{ method }}' as method,
        cast(row_number() over (
            partition by observation_date, customer_id order by {{ ordering }}, product_id asc
        ) as integer) as recommendation_rank,
        product_id,
        cast({{ score }} as double) as score
    from scored
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select * from ranked
where recommendation_rank <= 5
