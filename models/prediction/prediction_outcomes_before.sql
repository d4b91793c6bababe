-- What was published before as_of_date, and what came of it, as known by then: those whose horizon is over
-- are judged in this build, once.

{%- set judged = [
    'customers', 'mean_probability', 'happened_share', 'gap', 'gap_low', 'gap_high', 'roc_auc', 'roc_auc_low',
    'roc_auc_high', 'log_loss', 'log_loss_of_shares', 'expected_calibration_error', 'calibration',
] %}

with

current_build as (

    select as_of_date from {{ ref('current_build') }}

),

outcome_dates as (

    select observation_date from {{ ref('int_outcome_dates') }}

),

evaluations as (

    select * from {{ ref('outcome_evaluations') }}

),

published as (

    select
        outcomes.*,
        current_build.as_of_date as build_date,
        coalesce(outcomes.judged_on <= current_build.as_of_date, false) as was_judged
    from {{ ref('stg_state__prediction_outcomes') }} as outcomes
    inner join current_build
        on outcomes.as_of_date < current_build.as_of_date

),

known as (

    select
        published.target,
        published.as_of_date,
        published.horizon_end,
        published.model_id,
        published.fitted_on,
        published.published_customers,
        published.promised_roc_auc,
        published.promised_roc_auc_low,
        published.promised_roc_auc_high,
        published.promised_log_loss,
        published.promised_calibration_error,
        case
            when published.was_judged then published.judged_on
            when outcome_dates.observation_date is not null then published.build_date
        end as judged_on
        {%- for figure in judged %},
        case
            when published.was_judged then published.{{ figure }} else evaluations.{{ figure }}
        end as {{ figure }}
        {%- endfor %}
    from published
    left join outcome_dates
        on published.as_of_date = outcome_dates.observation_date
    left join evaluations
        on published.target = evaluations.target and published.as_of_date = evaluations.as_of_date

)

select
    *,
    case
        when judged_on is null then 'pending'
        when gap is null then 'not judged'
        when roc_auc_high < promised_roc_auc_low then 'ranked worse'
        when gap_low > {{ var('outcome_gap') }} or gap_high < -{{ var('outcome_gap') }} then 'level off'
        else 'as promised'
    end as verdict
from known
