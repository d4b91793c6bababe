-- What this build adds to the log of changes.

select
    changes.customer_id,
    changes.as_of_date,
    changes.persona_id
from {{ ref('persona_change_log') }} as changes
inner join {{ ref('current_build') }} as current_build
    on changes.as_of_date = current_build.as_of_date
