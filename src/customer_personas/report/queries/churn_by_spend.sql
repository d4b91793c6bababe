-- rounded: customers
-- withheld with customers: revenue_share
with buyers as (

    select
        churn_probability,
        -- a giant order, often a slip of the keyboard, shall not decide
        least(spend_365d, quantile_disc(spend_365d, 0.99) over ()) as spend,
        -- ties fall into the lower band
        percent_rank() over (partition by spend_365d > 0 order by spend_365d) as place
    from marts.customers
    where churn_probability is not null and spend_365d is not null

)

select
    cast(least(floor(churn_probability * 4), 3) as integer) as churn_band,
    case when spend <= 0 then 0 when place < 1 / 3 then 1 when place < 2 / 3 then 2 else 3 end
        as spend_band,
    count(*) as customers,
    sum(spend) / nullif(sum(sum(spend)) over (), 0) as revenue_share
from buyers
group by churn_band, spend_band
order by churn_band, spend_band
