-- Warns where predictions that this build judged came out worse than promised.

{{ config(severity='warn') }}

select
    outcomes.target,
    outcomes.as_of_date,
    outcomes.verdict,
    outcomes.mean_probability,
    outcomes.happened_share,
    outcomes.roc_auc,
    outcomes.promised_roc_auc
from {{ ref('prediction_outcomes') }} as outcomes
inner join {{ ref('current_build') }} as current_build
    on outcomes.judged_on = current_build.as_of_date
where outcomes.verdict in ('ranked worse', 'level off')
