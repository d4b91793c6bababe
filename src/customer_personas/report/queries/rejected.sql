select entity, rejection_reason, meaning, sum(rejected_count)::bigint as records
from monitoring.rejected_records
where rejects = 'record'
group by entity, rejection_reason, meaning
order by records desc, entity, rejection_reason
limit 12
