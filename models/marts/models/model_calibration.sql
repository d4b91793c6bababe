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
        {{ struct_rows('calibration') }}
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

)

select
    target,
    model_id,
    is_published,
    class,
    bin as probability_bin,
    customers,
    mean_probability,
    case when not is_hidden then {{ ratio('hits', 'customers') }} end as hit_rate
from ({{ hide_small_cells('sided', 'smaller_side', 'model_id, class', 'bin') }}) as hidden
