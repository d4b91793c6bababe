-- Who moved from which persona to which, month by month. A small count is withheld, and with it the largest
-- other move from its first persona, the largest other one to its second, and what closes the rectangle: so
-- many unknowns are left in every total that none can be worked out.

with

moves as (

    select
        period_start,
        period_end,
        -- nobody's members are a group like others
        coalesce(from_persona_id, '') as from_key,
        coalesce(to_persona_id, '') as to_key,
        customer_count,
        revenue
    from {{ ref('persona_moves') }}

),

names as (

    select * from {{ ref('persona_names') }}

),

small as (

    select * from moves
    where customer_count < {{ var('minimum_cell') }}

),

-- who stayed is a move as well
largest_from as (

    select
        small.period_start,
        small.from_key,
        small.to_key,
        max_by(others.to_key, (others.customer_count, others.to_key)) as other_to_key
    from small
    inner join moves as others
        on
            small.period_start = others.period_start
            and small.from_key = others.from_key
            and small.to_key != others.to_key
    group by small.period_start, small.from_key, small.to_key

),

largest_to as (

    select
        small.period_start,
        small.from_key,
        small.to_key,
        max_by(others.from_key, (others.customer_count, others.from_key)) as other_from_key
    from small
    inner join moves as others
        on
            small.period_start = others.period_start
            and small.to_key = others.to_key
            and small.from_key != others.from_key
    group by small.period_start, small.from_key, small.to_key

),

rectangles as (

    select
        small.period_start,
        small.period_end,
        small.from_key,
        small.to_key,
        largest_to.other_from_key,
        largest_from.other_to_key
    from small
    left join largest_from
        on
            small.period_start = largest_from.period_start
            and small.from_key = largest_from.from_key
            and small.to_key = largest_from.to_key
    left join largest_to
        on
            small.period_start = largest_to.period_start
            and small.from_key = largest_to.from_key
            and small.to_key = largest_to.to_key

),

hidden as (
    {%- for from_key in ['from_key', 'other_from_key'] %}
    {%- set outer = loop %}
    {%- for to_key in ['to_key', 'other_to_key'] %}
    select
        period_start,
        period_end,
        {{ from_key }} as from_key,
        {{ to_key }} as to_key
    from rectangles
    where {{ from_key }} || {{ to_key }} != ''
    {%- if not (outer.last and loop.last) %}
    union distinct
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

),

shown as (

    select
        moves.period_start,
        moves.period_end,
        moves.from_key,
        moves.to_key,
        moves.customer_count,
        moves.revenue,
        false as is_withheld
    from moves
    left join hidden
        on
            moves.period_start = hidden.period_start
            and moves.from_key = hidden.from_key
            and moves.to_key = hidden.to_key
    where hidden.period_start is null
    union all
    select
        period_start,
        period_end,
        from_key,
        to_key,
        cast(null as integer) as customer_count,
        cast(null as decimal(18, 2)) as revenue,
        true as is_withheld
    from hidden

)

select
    shown.period_start,
    shown.period_end,
    nullif(shown.from_key, '') as from_persona_id,
    from_names.persona_name as from_persona_name,
    nullif(shown.to_key, '') as to_persona_id,
    to_names.persona_name as to_persona_name,
    shown.customer_count,
    shown.revenue,
    shown.is_withheld
from shown
left join names as from_names
    on shown.from_key = from_names.persona_id
left join names as to_names
    on shown.to_key = to_names.persona_id
