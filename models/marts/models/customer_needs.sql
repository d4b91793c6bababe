with

scores as (

    select * from {{ ref('customer_target_scores') }}
    -- a purchase is no need: customers has its probability
    where target != 'will_purchase'

),

models as (

    select
        model_id,
        is_baseline
    from {{ ref('target_fits') }}
    where is_published

),

base_rates as (

    select
        target,
        class,
        {{ exact_mean('probability') }} as base_rate
    from scores
    group by target, class

)

select
    scores.customer_id,
    scores.target,
    scores.class as need,
    scores.probability,
    cast(row_number() over (
        partition by scores.customer_id, scores.target order by scores.probability desc, scores.class asc
    ) as integer) as need_rank,
    base_rates.base_rate,
    scores.probability / nullif(base_rates.base_rate, 0) as lift,
    scores.model_id,
    models.is_baseline
from scores
inner join models
    on scores.model_id = models.model_id
inner join base_rates
    on scores.target = base_rates.target and scores.class = base_rates.class
