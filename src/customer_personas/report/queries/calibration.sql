select class, probability_bin, customers, mean_probability, hit_rate
from marts.model_calibration
where target = 'will_purchase' and is_published and class = 'yes'
order by mean_probability
