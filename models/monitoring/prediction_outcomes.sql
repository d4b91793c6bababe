-- Errors of probabilities are told as in marts.model_evaluations: beside bins an exact one would tell hits of
-- few customers.

{%- set exact_from = 200 * var('minimum_cell') %}

with

outcomes as (

    select * from {{ ref('prediction_outcomes_known') }}

)

select
    target,
    as_of_date,
    horizon_end,
    model_id,
    fitted_on,
    published_customers,
    judged_on,
    verdict,
    customers,
    mean_probability,
    happened_share,
    gap,
    gap_low,
    gap_high,
    roc_auc,
    roc_auc_low,
    roc_auc_high,
    promised_roc_auc,
    promised_roc_auc_low,
    promised_roc_auc_high,
    log_loss,
    log_loss_of_shares,
    promised_log_loss,
    case when published_customers >= {{ exact_from }} then round(expected_calibration_error, 2) end
        as expected_calibration_error,
    case when published_customers >= {{ exact_from }} then round(promised_calibration_error, 2) end
        as promised_calibration_error
from outcomes
