-- Who was in which audience from when to when, from the log of changes and what today adds to it.

with

current_build as (

    select * from {{ ref('current_build') }}

),

earlier as (

    select
        changes.*,
        row_number() over (
            partition by changes.audience, changes.customer_id
            order by changes.as_of_date desc
        ) as newness
    from {{ ref('stg_state__audience_changes') }} as changes
    inner join current_build
        on changes.as_of_date < current_build.as_of_date

),

members as (

    select
        audience,
        customer_id
    from {{ ref('audience_members') }}

),

members_before as (

    select
        audience,
        customer_id
    from earlier
    where newness = 1 and is_member

),

changes as (

    select
        audience,
        customer_id,
        as_of_date,
        is_member
    from earlier
    union all
    select
        coalesce(members.audience, members_before.audience) as audience,
        coalesce(members.customer_id, members_before.customer_id) as customer_id,
        current_build.as_of_date,
        members.customer_id is not null as is_member
    from members
    full outer join members_before
        on members.audience = members_before.audience and members.customer_id = members_before.customer_id
    cross join current_build
    where members.customer_id is null or members_before.customer_id is null

),

followed as (

    select
        *,
        lead(as_of_date) over (partition by audience, customer_id order by as_of_date) as next_change_on
    from changes

)

select
    audience,
    customer_id,
    as_of_date as valid_from,
    next_change_on as valid_to,
    next_change_on is null as is_current
from followed
where is_member
