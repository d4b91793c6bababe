with

fits as (

    select * from {{ ref('need_fits') }}
    where is_champion or is_published

),

listed as (

    select
        target,
        model_id,
        is_published,
        {{ json_rows('gains', {
            'class': 'varchar', 'decile': 'integer', 'customers': 'integer', 'hits': 'integer'
        }) }}
    from fits

),

totals as (

    select
        *,
        sum(customers) over deciles as customers_so_far,
        sum(hits) over deciles as hits_so_far,
        sum(customers) over (partition by model_id, class) as all_customers,
        sum(hits) over (partition by model_id, class) as all_hits
    from listed
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
    hits,
    {{ ratio('hits', 'customers') }} as hit_rate,
    {{ ratio('hits_so_far', 'all_hits') }} as cumulative_share_of_hits,
    {{ ratio('hits_so_far * all_customers', 'customers_so_far * all_hits') }} as cumulative_lift
from totals
