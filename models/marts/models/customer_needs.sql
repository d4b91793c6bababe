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
    from {{ ref('scoring_models') }}
    where is_published

),

base_rates as (

    select
        target,
        class,
        {{ exact_mean('probability') }} as base_rate
    from scores
    group by target, class

),

declared as (

    select
        labels.target,
        labels.customer_id,
        coalesce(base_rates.class, 'other') as class
    from {{ ref('target_labels') }} as labels
    left join base_rates
        on labels.target = base_rates.target and labels.label = base_rates.class
    where not {{ is_future_target('labels.target') }}

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
    -- null where nothing was declared
    scores.class = declared.class as is_declared,
    scores.is_in_training,
    scores.model_id,
    models.is_baseline
from scores
inner join models
    on scores.model_id = models.model_id
inner join base_rates
    on scores.target = base_rates.target and scores.class = base_rates.class
left join declared
    on scores.target = declared.target and scores.customer_id = declared.customer_id
