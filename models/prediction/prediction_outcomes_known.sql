-- What was published up to this build, and what came of it: what the state keeps.

with

before as (

    select * from {{ ref('prediction_outcomes_before') }}

),

published_today as (

    select
        target,
        as_of_date,
        count(distinct customer_id) as published_customers
    from {{ ref('published_predictions_today') }}
    group by target, as_of_date

),

fits as (

    select * from {{ ref('target_fits') }}
    where is_published

),

promises as (

    select
        target,
        max(case when metric = 'roc_auc' then value end) as roc_auc,
        max(case when metric = 'roc_auc' then low end) as roc_auc_low,
        max(case when metric = 'roc_auc' then high end) as roc_auc_high,
        max(case when metric = 'log_loss' then value end) as log_loss,
        max(case when metric = 'expected_calibration_error' then value end) as calibration_error
    from (select target, {{ struct_rows('metrics') }} from fits) as metrics
    where split = 'test'
    group by target

),

publications as (

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
        promised_calibration_error
    from before
    union all
    select
        published_today.target,
        published_today.as_of_date,
        {{ add_days('published_today.as_of_date', var('horizon_days')) }} as horizon_end,
        fits.model_id,
        fits.fitted_on,
        published_today.published_customers,
        promises.roc_auc as promised_roc_auc,
        promises.roc_auc_low as promised_roc_auc_low,
        promises.roc_auc_high as promised_roc_auc_high,
        promises.log_loss as promised_log_loss,
        promises.calibration_error as promised_calibration_error
    from published_today
    inner join fits
        on published_today.target = fits.target
    left join promises
        on published_today.target = promises.target

)

select
    publications.*, -- noqa: AM04
    before.judged_on,
    before.customers,
    before.mean_probability,
    before.happened_share,
    before.gap,
    before.gap_low,
    before.gap_high,
    before.roc_auc,
    before.roc_auc_low,
    before.roc_auc_high,
    before.log_loss,
    before.log_loss_of_shares,
    before.expected_calibration_error,
    before.calibration,
    coalesce(before.verdict, 'pending') as verdict
from publications
left join before
    on publications.target = before.target and publications.as_of_date = before.as_of_date
