-- Who gets no action and is in no export, so that what campaigns are worth can be seen. By the id of the
-- source, which stays the same when a second system comes.

with

salts as (

    select coalesce(
        (select min(salt) from {{ ref('stg_state__holdout_salts') }}),
        {{ keyed_hash("'holdout'") }}
    ) as salt

),

people as (

    select
        customer_id,
        min(source_customer_id) as own_id
    from {{ ref('customer_identities') }}
    group by customer_id

)

select
    people.customer_id,
    people.own_id,
    {{ holdout_number('salts.salt', "''", 'people.own_id') }} < {{ var('holdout_share') }} as is_held_out,
    salts.salt
from people
cross join salts
