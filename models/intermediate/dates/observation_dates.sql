select
    observation_date,
    is_as_of
from {{ ref('label_dates') }}
where is_observed
