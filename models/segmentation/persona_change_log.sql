-- Every change of a customer's persona as it was known on as_of_date: the log, and what today adds to it.

select
    changes.customer_id,
    changes.as_of_date,
    changes.persona_id
from {{ source('history', 'persona_changes') }} as changes
inner join {{ ref('observation_dates') }} as dates
    on dates.is_as_of and changes.as_of_date < dates.observation_date
where changes.source_systems = '{{ company_key() }}'
union all
select
    customer_id,
    as_of_date,
    persona_id
from {{ ref('persona_changes_today') }}
