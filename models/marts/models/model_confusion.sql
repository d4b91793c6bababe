-- Small counts of a true class are added up, with the smallest other one of it, as (few each); all of a class
-- where hardly anybody is taken for another one, and tenths of the ranking are of few: these would follow.

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

few_hits as (

    {{ targets_with_few_hits('fits') }}

),

nearly_right as (

    select listed.model_id
    from listed
    inner join few_hits
        on listed.target = few_hits.target
    group by listed.model_id
    having
        sum(case when listed.actual != listed.predicted then listed.customers else 0 end)
        < {{ var('minimum_cell') }}

),

hidden as (

    {{ hide_small_cells('listed', 'customers', 'model_id, actual', 'predicted') }}

),

folded as (

    select
        target,
        model_id,
        is_published,
        actual,
        case
            when is_hidden or model_id in (select nearly_right.model_id from nearly_right) then '(few each)'
            else predicted
        end as predicted,
        customers
    from hidden

),

summed as (

    select
        target,
        model_id,
        is_published,
        actual,
        predicted,
        sum(customers) as customers
    from folded
    group by target, model_id, is_published, actual, predicted

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
from summed
