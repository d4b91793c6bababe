-- What was published before as_of_date, and what came of it, as known by then: those whose horizon is over
-- are judged in this build, once.

with

current_build as (

    select as_of_date from {{ ref('current_build') }}

),

published as (

    select
        outcomes.*, -- noqa: AM04
        current_build.as_of_date as build_date,
        coalesce(outcomes.judged_on <= current_build.as_of_date, false) as was_judged
    from {{ ref('stg_state__prediction_outcomes') }} as outcomes
    inner join current_build
        on outcomes.as_of_date < current_build.as_of_date

),

outcome_dates as (

    select observation_date from {{ ref('int_outcome_dates') }}

),

judged as (

    select
        target,
        as_of_date,
        customers,
        mean_probability,
        happened_share,
        gap,
        gap_low,
        gap_high,
        roc_auc,
        roc_auc_low,
        roc_auc_high,
        log_loss,
        log_loss_of_shares,
        expected_calibration_error,
        calibration
    from published
    where was_judged
    union all
    select
        target,
        as_of_date,
        customers,
        mean_probability,
        happened_share,
        gap,
        gap_low,
        gap_high,
        roc_auc,
        roc_auc_low,
        roc_auc_high,
        log_loss,
        log_loss_of_shares,
        expected_calibration_error,
        calibration
    from {{ ref('outcome_evaluations') }}

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
        end as judged_on,
        judged.customers,
        judged.mean_probability,
        judged.happened_share,
        judged.gap,
        judged.gap_low,
        judged.gap_high,
        judged.roc_auc,
        judged.roc_auc_low,
        judged.roc_auc_high,
        judged.log_loss,
        judged.log_loss_of_shares,
        judged.expected_calibration_error,
        judged.calibration
    from published
    left join outcome_dates
        on published.as_of_date = outcome_dates.observation_date
    left join judged
        on published.target = judged.target and published.as_of_date = judged.as_of_date

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
