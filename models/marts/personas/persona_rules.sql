-- Rules with how well they hold. Exceptions of fewer than minimum_cell customers, members whom a rule misses
-- and others whom it takes in, count as one each: nobody is to be found by them.

{%- set cell = var('minimum_cell') %}

with

rules as (

    select
        *,
        round(customer_count * precision) as hits,
        round(customer_count * precision / coverage) as members,
        precision / nullif(lift, 0) as member_share
    from {{ ref('persona_rule_scores') }}
    where coverage > 0

),

persona_names as (

    select names.*
    from {{ ref('persona_names') }} as names
    -- a persona that keeps its size to itself is told in no other way either
    inner join {{ ref('personas') }} as personas
        on names.persona_id = personas.persona_id
    where personas.customer_count is not null

),

judged as (

    select
        *,
        greatest(
            least(
                candidates - customer_count,
                -- few exceptions are told as one
                case when members - hits >= {{ cell }} then own_candidates - hits else {{ cell }} end,
                case
                    when customer_count - hits >= {{ cell }}
                        then candidates - own_candidates - (customer_count - hits)
                    else {{ cell }}
                end
            ),
            1
        ) as exceptions,
        candidates is not null as asks_unpublished
    from rules
    where
        customer_count >= {{ cell }}
        and hits >= {{ cell }}
        -- what mostly holds for others does not describe the persona
        and precision >= 0.5

),

told as (

    select
        *,
        case
            when customer_count - hits < {{ cell }} and members - hits < {{ cell }}
                then least(customer_count, members) - 1
            when customer_count - hits < {{ cell }} then customer_count - 1
            when members - hits < {{ cell }} then members - 1
            else hits
        end as told_hits
    from (
        {{ hide_small_cells('judged', 'exceptions', 'asks_unpublished', 'persona_id, rule_number') }}
    ) as hidden
    where not (asks_unpublished and is_hidden)

)

select
    told.persona_id,
    persona_names.persona_name,
    told.rule_number,
    told.condition,
    cast(told.customer_count as integer) as customer_count,
    {{ ratio('told.told_hits', 'told.members') }} as coverage,
    {{ ratio('told.told_hits', 'told.customer_count') }} as rule_precision,
    {{ ratio('told.told_hits', 'told.customer_count') }} / told.member_share as lift
from told
inner join persona_names
    on told.persona_id = persona_names.persona_id
