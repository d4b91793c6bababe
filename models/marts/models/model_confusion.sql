-- Small counts of a true class are added up, with the smallest other one of it, as (few each).

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
        {{ struct_rows('confusion') }}
    from fits

),

folded as (

    select
        target,
        model_id,
        is_published,
        actual,
        case when is_hidden then '(few each)' else predicted end as predicted,
        sum(customers) as customers
    from ({{ hide_small_cells('listed', 'customers', 'model_id, actual', 'predicted') }}) as hidden
    group by target, model_id, is_published, actual, case when is_hidden then '(few each)' else predicted end

)

select
    target,
    model_id,
    is_published,
    actual,
    predicted,
    case
        when customers = 0 or customers >= {{ var('minimum_cell') }} then cast(customers as integer)
    end as customers
from folded
