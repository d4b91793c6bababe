-- For each persona and month: members at the start + entered - left = members at the end, counted from the
-- memberships; the next month starts where one ended; and today's members are those of the personas.

with

migrations as (

    select * from {{ ref('persona_moves') }}

),

memberships as (

    select * from {{ ref('persona_memberships') }}

),

periods as (

    select distinct
        period_start,
        period_end
    from migrations

),

personas as (

    select distinct persona_id from memberships

),

counted as (

    select
        periods.period_start,
        periods.period_end,
        personas.persona_id,
        count(
            case
                when
                    memberships.valid_from <= periods.period_start
                    and coalesce(memberships.valid_to > periods.period_start, true)
                    then 1
            end
        ) as members_at_start,
        count(
            case
                when
                    memberships.valid_from <= periods.period_end
                    and coalesce(memberships.valid_to > periods.period_end, true)
                    then 1
            end
        ) as members_at_end
    from periods
    cross join personas
    inner join memberships
        on personas.persona_id = memberships.persona_id
    group by periods.period_start, periods.period_end, personas.persona_id

),

moved as (

    select
        counted.period_start,
        counted.persona_id,
        coalesce(sum(
            case when migrations.to_persona_id = counted.persona_id then migrations.customer_count end
        ), 0) as entered,
        coalesce(sum(
            case when migrations.from_persona_id = counted.persona_id then migrations.customer_count end
        ), 0) as left_it
    from counted
    left join migrations
        on
            counted.period_start = migrations.period_start
            and migrations.from_persona_id is distinct from migrations.to_persona_id
    group by counted.period_start, counted.persona_id

),

wrong_balance as (

    select
        'balance' as problem,
        counted.persona_id,
        counted.period_start,
        counted.members_at_start + moved.entered - moved.left_it as expected,
        counted.members_at_end as found
    from counted
    inner join moved
        on counted.period_start = moved.period_start and counted.persona_id = moved.persona_id

),

wrong_today as (

    select
        'today' as problem,
        personas.persona_id,
        cast(null as date) as period_start,
        personas.customer_count as expected,
        count(memberships.customer_id) as found
    from {{ ref('personas') }} as personas
    left join memberships
        on personas.persona_id = memberships.persona_id and memberships.is_current
    group by personas.persona_id, personas.customer_count

)

select * from wrong_balance
where expected != found
union all
select * from wrong_today
where expected != found
