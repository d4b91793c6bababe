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
        {{ json_rows('confusion', {
            'actual': 'varchar', 'predicted': 'varchar', 'customers': 'integer'
        }) }}
    from fits

)

select
    target,
    model_id,
    is_published,
    actual,
    predicted,
    customers
from listed
