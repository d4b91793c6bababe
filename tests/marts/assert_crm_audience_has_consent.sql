-- The audience is who granted consent to marketing: all of them, and nobody else.

with

consenting as (

    select customer_id from {{ ref('customers') }}
    where marketing_consent = 'granted'

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
