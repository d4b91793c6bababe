-- How large each audience was on each date that was published, and is today.

select
    sizes.audience,
    sizes.as_of_date,
    sizes.customer_count,
    sizes.reachable_count
from {{ ref('stg_state__audience_sizes') }} as sizes
inner join {{ ref('current_build') }} as current_build
    on sizes.as_of_date < current_build.as_of_date
union all
select
    audience,
    as_of_date,
    customer_count,
    reachable_count
from {{ ref('audiences') }}
