-- The names of all personas, living or not.

with

living as (

    select * from {{ ref('persona_names') }}

),

kept as (

    select * from {{ source('history', 'persona_names') }}
    where source_systems = '{{ company_key() }}'

)

select
    persona_id,
    persona_name,
    persona_description,
    named_on
from living
union all
select
    kept.persona_id,
    kept.persona_name,
    kept.persona_description,
    kept.named_on
from kept
left join living
    on kept.persona_id = living.persona_id
where living.persona_id is null
