-- The log of changes of customers' personas, as it was known before as_of_date.

select
    changes.customer_id,
    changes.as_of_date,
    changes.persona_id
from {{ ref('stg_state__persona_changes') }} as changes
inner join {{ ref('current_build') }} as current_build
    on changes.as_of_date < current_build.as_of_date
