-- Whatever else a customers file says, one row per customer and column.

with

versions as (

    select * from {{ ref('int_customer_versions') }}
    where is_current and attributes is not null

),

fields as (

    select
        customer_id,
        {{ json_fields('attributes') }}
    from versions

)

select
    customer_id,
    {{ column_name('field_name') }} as attribute,
    {{ clean_text('field_value') }} as attribute_value
from fields
where {{ clean_text('field_value') }} is not null
