-- Whether each rule of next_best_actions does anything: the first that fits a customer is taken, so that one
-- may stand behind others for all whom it fits.

with

matches as (

    {{ action_matches() }}

),

counted as (

    select
        action_priority,
        count(*) as customers,
        count(case when action_rank = 1 then 1 end) as first_matches
    from matches
    where action_priority is not null
    group by action_priority

),

-- the rule that is taken most often in the place of one that never is
shadows as (

    select
        behind.action_priority,
        taken.action_priority as shadowed_by,
        row_number() over (
            partition by behind.action_priority order by count(*) desc, taken.action_priority asc
        ) as shadow_rank
    from matches as behind
    inner join matches as taken
        on behind.customer_id = taken.customer_id and taken.action_rank = 1
    where behind.action_rank > 1
    group by behind.action_priority, taken.action_priority

)

select
    actions.priority as action_priority,
    actions.next_best_action,
    case
        when counted.customers is null then 'fits nobody'
        when counted.first_matches = 0 then 'shadowed'
        else 'in use'
    end as status,
    case when counted.first_matches = 0 then shadows.shadowed_by end as shadowed_by
from {{ ref('next_best_actions') }} as actions
left join counted
    on actions.priority = counted.action_priority
left join shadows
    on actions.priority = shadows.action_priority and shadows.shadow_rank = 1
