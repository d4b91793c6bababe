with

listed as (

    select
        target,
        as_of_date,
        {{ struct_rows('calibration') }}
    from {{ ref('prediction_outcomes_known') }}

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
    as_of_date,
    class,
    bin as probability_bin,
    customers,
    mean_probability,
    case when not is_hidden then {{ ratio('hits', 'customers') }} end as hit_rate
from ({{ hide_small_cells('sided', 'smaller_side', 'target, as_of_date, class', 'bin') }}) as hidden
