with

amounts as (

    select
        *,
        row_number() over (
            partition by customer_id, observation_date
            order by last_bought_on desc nulls last, sale_amount desc, product_category asc
        ) as bought_rank,
        row_number() over (
            partition by customer_id, observation_date
            order by last_viewed_on desc nulls last, views_90d desc, product_category asc
        ) as viewed_rank
    from {{ ref('category_amounts') }}

),

totals as (

    select
        customer_id,
        observation_date,
        count(case when sale_lines > 0 then 1 end) as categories_bought,
        sum(sale_amount) as sale_amount,
        -- exact numbers, so that the sum is the same in every run
        sum(cast(sale_amount as decimal(18, 2)) * cast(sale_amount as decimal(18, 2))) as squared_amount,
        max(sale_amount) as top_category_amount,
        min(case when bought_rank = 1 and last_bought_on is not null then product_category end)
            as last_category_bought,
        min(case when viewed_rank = 1 and last_viewed_on is not null then product_category end)
            as last_category_viewed
    from amounts
    group by customer_id, observation_date

)

select
    customer_id,
    observation_date,
    categories_bought,
    -- probability that two pounds spent went to two categories (Gini-Simpson index)
    1 - {{ ratio('squared_amount', 'sale_amount * sale_amount') }} as category_diversity,
    {{ ratio('top_category_amount', 'sale_amount') }} as top_category_share,
    last_category_bought,
    last_category_viewed
from totals
