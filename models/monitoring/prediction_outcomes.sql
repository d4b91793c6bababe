-- Metrics are told as in marts.model_evaluations where tenths are of few: beside bins of few, exact ones
-- would tell their hits. Those promised are of as many customers as are kept for a judgement.

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
    {{ advantage_in_steps('gap_low', 'customers') }} as gap_low,
    {{ advantage_in_steps('gap_high', 'customers') }} as gap_high,
    {%- for metric, columns in [
        ('roc_auc', ['roc_auc', 'roc_auc_low', 'roc_auc_high']),
        ('log_loss', ['log_loss', 'log_loss_of_shares']),
    ] %}
    {%- for column in columns %}
    {{ score_in_steps("'" ~ metric ~ "'", column, 'customers') }} as {{ column }},
    {%- endfor %}
    {%- for column in columns if column != 'log_loss_of_shares' %}
    {{ score_in_steps("'" ~ metric ~ "'", 'promised_' ~ column, 'published_customers') }}
        as promised_{{ column }},
    {%- endfor %}
    {%- endfor %}
    case when published_customers >= {{ exact_from }} then round(expected_calibration_error, 2) end
        as expected_calibration_error,
    case when published_customers >= {{ exact_from }} then round(promised_calibration_error, 2) end
        as promised_calibration_error
from outcomes
