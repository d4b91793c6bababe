-- The audience is who granted consent to marketing and is not held out: all of them, and nobody else.

with

consents as (

    select
        customer_id,
        max(case when status = 'granted' then 'granted' else 'denied' end) as status
    from {{ ref('int_consents') }}
    where purpose in ('marketing', 'any')
    group by customer_id

),

consenting as (

    select customers.customer_id
    from {{ ref('customers') }} as customers
    left join consents
        on customers.customer_id = consents.customer_id
    inner join {{ ref('int_holdout') }} as holdout
        on customers.customer_id = holdout.customer_id
    where coalesce(consents.status, customers.marketing_consent) = 'granted' and not holdout.is_held_out

),

audience as (

    select customer_id from {{ ref('crm_audience') }}

)

select
    consenting.customer_id as left_out,
    audience.customer_id as without_consent
from consenting
full outer join audience
    on consenting.customer_id = audience.customer_id
where consenting.customer_id is null or audience.customer_id is null
