-- The ids of customers are published in clear, so none may look like an e-mail address, a phone number or
-- another identifier. Fails with what to do; the ids themselves are not shown.

with

found as (

    select
        count(*) as customers,
        count(
            case when {{ has_identifier_form('customer_id', 'id') }} then 1 end
        ) as customers_with_identifier
    from {{ ref('int_customers_known') }}

),

told as (

    select
        'The customer_id of ' || customers_with_identifier || ' of ' || customers || ' customers has the form'
        || ' of an e-mail address, a phone number or another identifier of a person.'
        || ' Ids are published in clear. Map customer_id to another column, or in mapping.yml to a keyed hash'
        || ' of this one, the same for every entity:'
        || ' customer_id: {expression: "keyed_hash(<your column>)"}; in a staging model of your own use the'
        || ' macro hash_identifier.' as message
    from found
    where customers_with_identifier > 0

)

-- in the filter, because a test counts rows and would not look at a column
select message
from told
where {{ raise_error('message') }} is not null
