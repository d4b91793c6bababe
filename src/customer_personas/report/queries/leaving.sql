-- rounded: customers, listed, acting
-- withheld with customers: revenue_share
with buyers as (

    select
        customer_id,
        persona_id,
        persona_name,
        rfm_segment,
        churn_probability,
        -- a giant order, often a slip of the keyboard, shall not decide
        least(spend_365d, quantile_disc(spend_365d, 0.99) over ()) as spend,
        percent_rank() over (partition by spend_365d > 0 order by spend_365d) as place
    from marts.customers
    where churn_probability is not null and spend_365d is not null

),

leaving as (

    select
        buyers.*,
        spend / sum(spend) over () as revenue_share,
        crm_audience.customer_id is not null as is_listed,
        crm_audience.next_best_action is not null as has_action
    from buyers
    left join marts.crm_audience as crm_audience
        on buyers.customer_id = crm_audience.customer_id
    qualify buyers.churn_probability >= 0.5 and buyers.spend > 0 and buyers.place >= 2 / 3

),

named as (

    select *, 'all' as grouped_by, null as name from leaving
    union all
    select *, 'persona', persona_name from leaving where persona_id is not null
    union all
    select *, 'segment', rfm_segment from leaving where rfm_segment is not null
    union all
    select leaving.*, 'audience', members.audience
    from leaving
    inner join marts.audience_members as members
        on leaving.customer_id = members.customer_id and members.is_reachable

)

select
    grouped_by,
    name,
    case when grouped_by = 'persona' then persona_id end as persona_id,
    count(*) as customers,
    count(*) filter (is_listed) as listed,
    count(*) filter (has_action) as acting,
    sum(revenue_share) as revenue_share
from named
group by all
order by grouped_by, customers desc, name
