-- Where a tenth or a bin has hits, or misses, of few customers, all of the target are told in steps of
-- minimum_cell: gains, calibration and metrics are about the same ranking, and together would tell a single
-- count that is withheld.

with

fits as (

    select * from {{ ref('target_fits') }}
    where is_champion or is_published

),

few_hits as (

    {{ targets_with_few_hits('fits') }}

),

listed as (

    select
        target,
        model_id,
        is_published,
        {{ struct_rows('gains') }}
    from fits

),

told as (

    select
        listed.target,
        listed.model_id,
        listed.is_published,
        listed.class,
        listed.decile,
        listed.customers,
        {{ hits_in_steps('listed.hits', 'listed.customers', 'few_hits.target is not null') }} as hits
    from listed
    left join few_hits
        on listed.target = few_hits.target

),

totals as (

    select
        *,
        sum(customers) over deciles as customers_so_far,
        sum(hits) over deciles as hits_so_far,
        sum(customers) over (partition by model_id, class) as all_customers,
        sum(hits) over (partition by model_id, class) as all_hits
    from told
    window deciles as (
        partition by model_id, class order by decile rows between unbounded preceding and current row
    )

)

select
    target,
    model_id,
    is_published,
    class,
    decile,
    customers,
    cast(hits as integer) as hits,
    {{ ratio('hits', 'customers') }} as hit_rate,
    {{ ratio('hits_so_far', 'all_hits') }} as cumulative_share_of_hits,
    {{ ratio('hits_so_far * all_customers', 'customers_so_far * all_hits') }} as cumulative_lift
from totals
