-- The need that customers declared themselves, learnt from what is known on the as-of date.

with

observations as (

    select
        customer_id,
        observation_date
    from {{ ref('observations') }}
    where is_as_of

)

select
    observations.customer_id,
    observations.observation_date,
    declared_needs.need as label
from {{ ref('int_declared_needs') }} as declared_needs
inner join observations
    on
        declared_needs.customer_id = observations.customer_id
        and (
            declared_needs.declared_at is null
            or declared_needs.declared_at < observations.observation_date
        )
