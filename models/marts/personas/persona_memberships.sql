-- Who was in which persona from when to when, from the log of changes.

select
    changes.customer_id,
    changes.persona_id,
    names.persona_name,
    changes.as_of_date as valid_from,
    changes.next_change_on as valid_to,
    changes.next_change_on is null as is_current
from {{ ref('persona_change_log') }} as changes
left join {{ ref('persona_names') }} as names
    on changes.persona_id = names.persona_id
-- a null persona ends a membership, it is none
where changes.persona_id is not null
