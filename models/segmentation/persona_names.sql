-- The name of each persona in force: the one that people gave it, else the one it had, else the one made from
-- its traits. What stands in for personas has names of its own.

with

personas as (

    select distinct persona_id from {{ ref('customer_persona_scores') }}

),

new_names as (

    select * from {{ ref('persona_new_names') }}

),

kept as (

    select * from {{ source('history', 'persona_names') }}
    where source_systems = '{{ company_key() }}'

),

overrides as (

    select * from {{ ref('persona_overrides') }}

),

stand_ins as (

    select
        {{ json_texts('persona_ids') }} as persona_id,
        {{ json_texts('persona_names') }} as persona_name
    from {{ ref('segmentation_champion') }}
    where persona_names is not null

),

rfm_segments as (

    select
        rfm_segment,
        min(description) as description
    from {{ ref('rfm_segments') }}
    group by rfm_segment

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

named as (

    select
        personas.persona_id,
        coalesce(
            overrides.persona_name, stand_ins.persona_name, kept.persona_name, new_names.persona_name
        ) as persona_name,
        coalesce(
            overrides.persona_description,
            case
                when stand_ins.persona_name is not null
                    then
                        'RFM segment, standing in for a persona: '
                        || coalesce(rfm_segments.description, 'no groups could be told apart') || '.'
            end,
            kept.persona_description,
            new_names.persona_description
        ) as persona_description,
        overrides.persona_name is not null as is_override,
        kept.persona_name is not null and kept.named_on < as_of.as_of_date as is_kept,
        case when kept.named_on < as_of.as_of_date then kept.named_on else as_of.as_of_date end as named_on
    from personas
    cross join as_of
    inner join new_names
        on personas.persona_id = new_names.persona_id
    left join kept
        on personas.persona_id = kept.persona_id
    left join overrides
        on personas.persona_id = overrides.persona_id
    left join stand_ins
        on personas.persona_id = stand_ins.persona_id
    left join rfm_segments
        on stand_ins.persona_name = rfm_segments.rfm_segment

),

counted as (

    select
        *,
        row_number() over (
            partition by persona_name order by is_override desc, is_kept desc, persona_id asc
        ) as name_rank
    from named

)

select
    persona_id,
    -- a name that is taken goes with the id
    case when name_rank = 1 then persona_name else persona_name || ' (' || persona_id || ')' end
        as persona_name,
    persona_description,
    is_override,
    is_kept,
    named_on
from counted
