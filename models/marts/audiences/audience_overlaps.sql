-- How many customers two audiences share. Counts of few are withheld, and with them what they could be told
-- from: also where few customers are in neither.

with

members as (

    select
        audience,
        customer_id,
        count(*) over (partition by audience) as customer_count
    from {{ ref('audience_members') }}

),

shared as (

    select
        members.audience,
        others.audience as other_audience,
        members.customer_count,
        others.customer_count as other_customer_count,
        count(*) as shared_customers,
        (select count(*) from {{ ref('customers') }}) as all_customers
    from members
    inner join members as others
        on members.customer_id = others.customer_id and members.audience != others.audience
    group by members.audience, others.audience, members.customer_count, others.customer_count

),

judged as (

    select
        *,
        -- the others of each audience, and those in neither, are enough or nobody, too
        shared_customers >= {{ var('minimum_cell') }}
        and customer_count - shared_customers not {{ of_few() }}
        and other_customer_count - shared_customers not {{ of_few() }}
        and all_customers - customer_count - other_customer_count + shared_customers not {{ of_few() }}
            as is_told
    from shared

)

select
    audience,
    other_audience,
    case when is_told then shared_customers end as shared_customers,
    case when is_told then shared_customers / cast(customer_count as double) end as shared_share,
    case
        when is_told
            then shared_customers / cast(customer_count + other_customer_count - shared_customers as double)
    end as jaccard
from judged
