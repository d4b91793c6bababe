-- Hits are told as in marts.model_gains.

with

listed as (

    select
        target,
        as_of_date,
        {{ struct_rows('calibration') }}
    from {{ ref('prediction_outcomes_known') }}

),

told as (

    select
        target,
        as_of_date,
        class,
        bin,
        customers,
        mean_probability,
        {{ hits_in_steps('hits', 'customers', 'has_few_hits = 1') }} as hits
    from (
        select
            *,
            max(case when {{ is_small_side('hits', 'customers') }} then 1 else 0 end) over (
                partition by target, as_of_date
            ) as has_few_hits
        from listed
    ) as judged

)

select
    target,
    as_of_date,
    class,
    bin as probability_bin,
    customers,
    mean_probability,
    {{ ratio('hits', 'customers') }} as hit_rate
from told
