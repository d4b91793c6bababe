select target, as_of_date, horizon_end, verdict, customers, mean_probability, happened_share, roc_auc, promised_roc_auc
from monitoring.prediction_outcomes
order by as_of_date desc, target
