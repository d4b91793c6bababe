-- Hits are told as in model_gains.

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
        {{ struct_rows('calibration') }}
    from fits

),

told as (

    select
        listed.target,
        listed.model_id,
        listed.is_published,
        listed.class,
        listed.bin,
        listed.customers,
        listed.mean_probability,
        {{ hits_in_steps('listed.hits', 'listed.customers', 'few_hits.target is not null') }} as hits
    from listed
    left join few_hits
        on listed.target = few_hits.target

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
from told
