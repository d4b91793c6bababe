-- What this build is known by in the state database: the active source systems and the date. The models named
-- ..._before show the state as it was known by then.

select
    '{{ company_key() }}' as source_systems,
    observation_date as as_of_date
from {{ ref('observation_dates') }}
where is_as_of
