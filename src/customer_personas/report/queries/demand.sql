-- rounded: expected_customers
select need, sum(probability) as expected_customers, count(*) as customers, avg(base_rate) as base_rate
from marts.customer_needs
where target = 'next_need'
group by need
order by expected_customers desc, need
