select class, decile, customers, hits, hit_rate, cumulative_share_of_hits, cumulative_lift
from marts.model_gains
where target = 'will_purchase' and is_published and class = 'yes'
order by decile
