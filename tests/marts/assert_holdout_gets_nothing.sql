-- Nobody who is held out is offered anything: what a campaign brings could not be told otherwise.

select
    holdout.customer_id,
    'crm_audience' as found_in
from {{ ref('int_holdout') }} as holdout
inner join {{ ref('crm_audience') }} as crm_audience
    on holdout.customer_id = crm_audience.customer_id
where holdout.is_held_out
union all
select
    holdout.customer_id,
    members.audience as found_in
from {{ ref('int_holdout') }} as holdout
inner join {{ ref('audience_members') }} as members
    on holdout.customer_id = members.customer_id
where holdout.is_held_out and (members.is_reachable or not members.is_held_out)
