-- The persona that each customer had before as_of_date, and since when: the newest change in the log.

with

changes as (

    select * from {{ source('history', 'persona_changes') }}
    where source_systems = '{{ company_key() }}'

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

ranked as (

    select
        changes.customer_id,
        changes.persona_id,
        changes.as_of_date as persona_since,
        row_number() over (
            partition by changes.customer_id order by changes.as_of_date desc
        ) as newness
    from changes
    inner join as_of
        on changes.as_of_date < as_of.as_of_date

)

select
    customer_id,
    persona_id,
    persona_since
from ranked
where newness = 1 and persona_id is not null
