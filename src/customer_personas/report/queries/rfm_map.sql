-- rounded: customers
select r_score, f_score, count(*) as customers
from marts.customers
where r_score is not null and f_score is not null
group by r_score, f_score
order by r_score, f_score
