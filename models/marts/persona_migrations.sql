-- Who moved from which persona to which, month by month. Small counts are withheld, and with each those of
-- all moves between its two personas: so many unknowns are left in every total that none can be worked out.

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

    select * from {{ ref('persona_names_ever') }}

),

small as (

    select * from moves
    where customer_count < {{ var('minimum_cell') }}

),

stayers as (

    select
        period_start,
        from_key as persona_id,
        row_number() over (
            partition by period_start order by customer_count desc, from_key asc
        ) as size_rank
    from moves
    where from_key = to_key

),

pairs as (

    select
        period_start,
        period_end,
        from_key as one,
        to_key as other
    from small
    where from_key != to_key
    union distinct
    -- few who stayed: their persona and the largest other one
    select
        small.period_start,
        small.period_end,
        small.from_key as one,
        coalesce(min_by(stayers.persona_id, stayers.size_rank), '') as other
    from small
    left join stayers
        on small.period_start = stayers.period_start and small.from_key != stayers.persona_id
    where small.from_key = small.to_key
    group by small.period_start, small.period_end, small.from_key

),

hidden as (
    {%- for from_key, to_key in [('one', 'one'), ('one', 'other'), ('other', 'one'), ('other', 'other')] %}
    select
        period_start,
        period_end,
        {{ from_key }} as from_key,
        {{ to_key }} as to_key
    from pairs
    where not ({{ from_key }} = '' and {{ to_key }} = '')
    {%- if not loop.last %}
    union distinct
    {%- endif %}
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
