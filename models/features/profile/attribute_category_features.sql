-- One column per customer attribute that is a text; what fewer than minimum_cell customers share is left out.

with

attributes as (

    select
        attributes.customer_id,
        catalog.feature_name,
        attributes.attribute_value,
        count(*) over (partition by attributes.attribute, attributes.attribute_value) as customers
    from {{ ref('customer_attributes') }} as attributes
    inner join {{ ref('attribute_catalog') }} as catalog
        on attributes.attribute = catalog.attribute
    where catalog.is_feature and catalog.value_type = 'category'

),

shared_values as (

    select * from attributes
    where customers >= {{ var('minimum_cell') }}

)

{{ pivot_wider('shared_values', 'feature_name', 'max(attribute_value)', ['customer_id']) }}
