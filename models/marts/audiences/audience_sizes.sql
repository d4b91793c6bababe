-- How large each audience was on each date that was published, and is today. Counts of few are withheld, also
-- those that an earlier build told.
{%- set counts = ['customer_count', 'reachable_count'] %}

select
    sizes.audience,
    sizes.as_of_date,
    {%- for count in counts %}
    case
        when sizes.{{ count }} = 0 or sizes.{{ count }} >= {{ var('minimum_cell') }} then sizes.{{ count }}
    end as {{ count }}{{ ',' if not loop.last }}
    {%- endfor %}
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
