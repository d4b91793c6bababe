select
    observation_date,
    is_as_of
from {{ ref('label_dates') }}
where is_as_of or newness <= {{ var('observation_dates_max') }}
