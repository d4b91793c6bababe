-- Each scored customer counts in exactly one persona: counts agree everywhere, and shares sum to 1.

with

personas as (

    select * from {{ ref('personas') }}

),

members as (

    select
        persona_id,
        count(*) as customer_count
    from {{ ref('customers') }}
    where persona_id is not null
    group by persona_id

),

wrong_counts as (

    select
        coalesce(personas.persona_id, members.persona_id) as persona_id,
        personas.customer_count as persona_customers,
        members.customer_count as member_customers
    from personas
    full outer join members
        on personas.persona_id = members.persona_id
    where
        personas.customer_count is distinct from members.customer_count
        -- a persona of very few, or the one withheld with it
        and not (personas.persona_id is not null and personas.customer_count is null)

),

totals as (

    select
        coalesce(sum(customer_count), 0) as customer_count,
        count(case when customer_count is null then 1 end) as withheld,
        sum(customer_share) as customer_share,
        sum(revenue_share) as revenue_share
    from personas

),

scored as (

    select count(*) as customer_count from {{ ref('customer_persona_scores') }}

),

wrong_totals as (

    select
        'all' as persona_id,
        totals.customer_count as persona_customers,
        scored.customer_count as member_customers
    from totals
    cross join scored
    where
        totals.withheld = 0
        and (
            totals.customer_count != scored.customer_count
            or abs(totals.customer_share - 1) > 1e-9
            or abs(totals.revenue_share - 1) > 1e-9
        )

)

select * from wrong_counts
union all
select * from wrong_totals
