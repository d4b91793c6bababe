-- Warns of a name in persona_overrides for a persona that never lived.

{{ config(severity='warn') }}

select overrides.persona_id
from {{ ref('persona_overrides') }} as overrides
left join {{ ref('persona_names') }} as personas
    on overrides.persona_id = personas.persona_id
where personas.persona_id is null
