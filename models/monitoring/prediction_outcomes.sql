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
    expected_calibration_error,
    promised_calibration_error
from outcomes
