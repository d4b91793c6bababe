-- How large each audience was on each date that was published, and is today. Counts of few are withheld, also
-- those that an earlier build told.
{%- set cell = var('minimum_cell') %}

select
    sizes.audience,
    sizes.as_of_date,
    case when sizes.customer_count = 0 or sizes.customer_count >= {{ cell }} then sizes.customer_count end
        as customer_count,
    case when sizes.reachable_count = 0 or sizes.reachable_count >= {{ cell }} then sizes.reachable_count end
        as reachable_count
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
