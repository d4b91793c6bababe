-- rounded: customers
-- withheld with customers: revenue_share
with buyers as (

    select
        r_score >= avg(r_score) over () as is_recent,
        f_score >= avg(f_score) over () as is_frequent,
        m_score >= avg(m_score) over () as is_high_spending,
        -- a giant order, often a slip of the keyboard, shall not decide
        least(spend_365d, quantile_disc(spend_365d, 0.99) over ()) as spend
    from marts.customers
    where r_score is not null and f_score is not null and m_score is not null

)

select
    is_recent,
    is_frequent,
    is_high_spending,
    count(*) as customers,
    sum(spend) / nullif(sum(sum(spend)) over (), 0) as revenue_share
from buyers
group by is_recent, is_frequent, is_high_spending
order by is_high_spending desc, is_recent desc, is_frequent desc
