-- The segmentation in force before this build: the newest one that was fitted by as_of_date.

select * -- noqa: AM04
from {{ ref('segmentation_champions_before') }}
where newness = 1
