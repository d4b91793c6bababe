-- One column per customer attribute that is a number, or a yes or no (as 1 and 0).

with

attributes as (

    select
        attributes.customer_id,
        catalog.feature_name,
        case
            when catalog.value_type = 'numeric' then {{ try_cast('attributes.attribute_value', 'double') }}
            when lower(attributes.attribute_value) in ('true', 'yes') then 1
            else 0
        end as attribute_number
    from {{ ref('customer_attributes') }} as attributes
    inner join {{ ref('attribute_catalog') }} as catalog
        on attributes.attribute = catalog.attribute
    where catalog.is_feature and catalog.value_type in ('numeric', 'boolean')

)

{{ pivot_wider('attributes', 'feature_name', 'max(attribute_number)', ['customer_id']) }}
