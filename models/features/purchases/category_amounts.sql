-- What each customer had bought and looked at, by category, on each observation date.

select
    observations.customer_id,
    observations.observation_date,
    category_days.product_category,
    sum(category_days.sale_amount) as sale_amount,
    {{ sum_in_window('category_days.sale_amount', 'category_days.activity_date', 180) }} as sale_amount_180d,
    -- what the horizon before us brought one year earlier
    sum(
        case
            when
                category_days.activity_date >= {{ add_days('observation_date', -364) }}
                and category_days.activity_date
                < {{ add_days('observation_date', var('horizon_days') - 364) }}
                then category_days.sale_amount
            else 0
        end
    ) as sale_amount_year_before,
    sum(category_days.sale_lines) as sale_lines,
    sum(category_days.views) as views,
    {{ sum_in_window('category_days.views', 'category_days.activity_date', 90) }} as views_90d,
    max(case when category_days.sale_lines > 0 then category_days.activity_date end) as last_bought_on,
    max_by(
        category_days.sale_amount, category_days.activity_date
    ) filter (where category_days.sale_lines > 0) as last_bought_amount,
    max(case when category_days.views > 0 then category_days.activity_date end) as last_viewed_on
from {{ ref('observations') }} as observations
inner join {{ ref('int_customer_category_days') }} as category_days
    on
        observations.customer_id = category_days.customer_id
        and observations.observation_date > category_days.activity_date
group by observations.customer_id, observations.observation_date, category_days.product_category
