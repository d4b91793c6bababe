-- The dates before as_of_date that were built and published.

select builds.as_of_date
from {{ ref('stg_state__persona_builds') }} as builds
inner join {{ ref('current_build') }} as current_build
    on builds.as_of_date < current_build.as_of_date
