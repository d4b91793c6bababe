select version, published_at, as_of_date, source_systems, table_count, row_count
from monitoring.publications
order by version desc
limit 2
