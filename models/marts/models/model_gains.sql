with

fits as (

    select * from {{ ref('target_fits') }}
    where is_champion or is_published

),

listed as (

    select
        target,
        model_id,
        is_published,
        {{ struct_rows('gains') }}
    from fits

),

sided as (

    select
        *,
        case
            when customers < {{ var('minimum_cell') }} or hits < customers - hits then hits
            else customers - hits
        end as smaller_side
    from listed

),

totals as (

    select
        *,
        -- what is known up to here and what is known up to there tells what lies between
        coalesce(
            decile >= min(case when is_hidden then decile end) over (partition by model_id, class)
            and decile < max(case when is_hidden then decile end) over (partition by model_id, class),
            false
        ) as is_between_hidden,
        sum(customers) over deciles as customers_so_far,
        sum(hits) over deciles as hits_so_far,
        sum(customers) over (partition by model_id, class) as all_customers,
        sum(hits) over (partition by model_id, class) as all_hits
    from (
        {{ hide_small_cells('sided', 'smaller_side', 'model_id, class', 'decile') }}
    ) as hidden
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
    case when not is_hidden then hits end as hits,
    case when not is_hidden then {{ ratio('hits', 'customers') }} end as hit_rate,
    case when not is_between_hidden then {{ ratio('hits_so_far', 'all_hits') }} end
        as cumulative_share_of_hits,
    case
        when not is_between_hidden
            then {{ ratio('hits_so_far * all_customers', 'customers_so_far * all_hits') }}
    end as cumulative_lift
from totals
