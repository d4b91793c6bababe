-- One column per customer attribute that is a text.

with

attributes as (

    select
        attributes.customer_id,
        catalog.feature_name,
        attributes.attribute_value
    from {{ ref('customer_attributes') }} as attributes
    inner join {{ ref('attribute_catalog') }} as catalog
        on attributes.attribute = catalog.attribute
    where catalog.is_feature and catalog.value_type = 'category'

)

{{ pivot_wider('attributes', 'feature_name', 'max(attribute_value)', ['customer_id']) }}
