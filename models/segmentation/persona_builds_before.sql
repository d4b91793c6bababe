-- The dates before as_of_date that were built and published.

select builds.as_of_date
from {{ source('history', 'persona_builds') }} as builds
inner join {{ ref('observation_dates') }} as dates
    on dates.is_as_of and builds.as_of_date < dates.observation_date
where builds.source_systems = '{{ company_key() }}'
