with

observations as (

    select * from {{ ref('observations') }}

),

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
        sum(sale_amount * sale_amount) as squared_amount,
        max(sale_amount) as top_category_amount,
        min(case when bought_rank = 1 and last_bought_on is not null then product_category end)
            as last_category_bought,
        min(case when viewed_rank = 1 and last_viewed_on is not null then product_category end)
            as last_category_viewed
    from amounts
    group by customer_id, observation_date

),

known as (

    -- where no order line has a category, nobody knows; else nothing bought is zero
    select case when sum(sale_lines) > 0 then 0 end as nothing_bought
    from amounts

)

select
    observations.customer_id,
    observations.observation_date,
    case when known.nothing_bought = 0 then coalesce(totals.categories_bought, 0) end as categories_bought,
    -- probability that two units of money went to two categories (Gini-Simpson index)
    1 - {{ ratio('totals.squared_amount', 'totals.sale_amount * totals.sale_amount') }}
        as category_diversity,
    {{ ratio('totals.top_category_amount', 'totals.sale_amount') }} as top_category_share,
    totals.last_category_bought,
    totals.last_category_viewed
from observations
cross join known
left join totals
    on
        observations.customer_id = totals.customer_id
        and observations.observation_date = totals.observation_date
