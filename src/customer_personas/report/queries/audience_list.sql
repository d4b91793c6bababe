-- rounded: customers, listed
select held_back_by, count(*) as customers, sum(count(*)) over () as listed
from marts.crm_audience
group by held_back_by
order by customers desc, held_back_by
