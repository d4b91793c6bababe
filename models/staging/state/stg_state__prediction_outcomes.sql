with

source as (

    select * from {{ source('history', 'prediction_outcomes') }}

)

select
    target,
    as_of_date,
    horizon_end,
    model_id,
    fitted_on,
    published_customers,
    promised_roc_auc,
    promised_roc_auc_low,
    promised_roc_auc_high,
    promised_log_loss,
    promised_calibration_error,
    judged_on,
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
from source
where source_systems = '{{ company_key() }}'
