-- rounded: customers
select rfm_segment_before, rfm_segment, count(*) as customers
from marts.customers
where rfm_segment_before is not null and rfm_segment is not null and rfm_segment_before != rfm_segment
group by rfm_segment_before, rfm_segment
order by customers desc, rfm_segment_before, rfm_segment
