select
    campaign, began_on, is_over, treated_customers, holdout_customers, treated_mean, holdout_mean,
    effect, effect_low, effect_high, verdict, result
from marts.campaign_results
where is_primary
order by began_on desc, campaign
limit 12
