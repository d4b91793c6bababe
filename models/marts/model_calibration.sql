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
        {{ json_rows('calibration', {
            'class': 'varchar', 'bin': 'integer', 'customers': 'integer', 'hits': 'integer',
            'mean_probability': 'double'
        }) }}
    from fits

)

select
    target,
    model_id,
    is_published,
    class,
    bin as probability_bin,
    customers,
    mean_probability,
    {{ ratio('hits', 'customers') }} as hit_rate
from listed
