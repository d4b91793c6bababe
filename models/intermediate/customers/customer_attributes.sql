-- The further columns of a customers file, one row per customer and column, but for those that the mapping
-- declares to be needs: these are learnt, and never learnt from. Kept where records are kept as received.

{{ config(schema='staging') }}

with

named as (

    select
        customer_id,
        {{ column_name('field_name') }} as attribute,
        field_value as attribute_value
    from {{ ref('int_customer_fields') }}
    where field_name not like 'need:%'

),

counted as (

    select
        *,
        count(*) over (partition by attribute, attribute_value) as customers
    from named

)

select
    customer_id,
    attribute,
    -- texts that differ in case only are one: the spelling that most customers have
    first_value(attribute_value) over (
        partition by attribute, {{ spelling_key('attribute_value') }}
        order by customers desc, attribute_value asc
    ) as attribute_value
from counted
