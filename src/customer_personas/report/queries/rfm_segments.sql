-- rounded: customers, moved
-- withheld with customers: revenue_share
with buyers as (

    select
        rfm_segment,
        has_entered_persona and left_persona_id is not null as has_moved,
        -- a giant order, often a slip of the keyboard, shall not decide
        least(spend_365d, quantile_disc(spend_365d, 0.99) over ()) as spend
    from marts.customers
    where rfm_segment is not null

)

select
    rfm_segment,
    count(*) as customers,
    count(*) filter (has_moved) as moved,
    sum(spend) / nullif(sum(sum(spend)) over (), 0) as revenue_share
from buyers
group by rfm_segment
order by customers desc, rfm_segment
