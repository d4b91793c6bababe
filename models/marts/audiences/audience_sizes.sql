-- How large each audience was on each date that was published, and is today. Counts of few customers are
-- withheld, and those that leave few, also where an earlier build told them.

select
    sizes.audience,
    sizes.as_of_date,
    case when sizes.customer_count not {{ of_few() }} then sizes.customer_count end as customer_count,
    case
        when
            sizes.customer_count not {{ of_few() }}
            and sizes.reachable_count not {{ of_few() }}
            and sizes.customer_count - sizes.reachable_count not {{ of_few() }}
            then sizes.reachable_count
    end as reachable_count
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
