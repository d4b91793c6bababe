-- One column per customer attribute that is a number, a yes or no (as 1 and 0) or a date (as days before
-- as_of_date).

with

as_of as (

    select observation_date from {{ ref('observation_dates') }}
    where is_as_of

),

attributes as (

    select
        attributes.customer_id,
        catalog.feature_name,
        case
            when catalog.value_type = 'numeric'
                then nullif(
                    nullif({{ attribute_number('attributes.attribute_value') }}, catalog.low_sentinel),
                    catalog.high_sentinel
                )
            when catalog.value_type = 'date'
                then {{ dbt.datediff(
                    dbt.safe_cast('attributes.attribute_value', 'date'), 'as_of.observation_date', 'day'
                ) }}
            when yes_no_spellings.meaning = 'yes' then 1
            else 0
        end as attribute_number
    from {{ ref('customer_attributes') }} as attributes
    cross join as_of
    inner join {{ ref('attribute_catalog') }} as catalog
        on attributes.attribute = catalog.attribute
    left join {{ ref('yes_no_spellings') }} as yes_no_spellings
        on {{ spelling_key('attributes.attribute_value') }} = yes_no_spellings.spelling
    where catalog.is_feature and catalog.value_type != 'category'

)

{{ pivot_wider('attributes', 'feature_name', 'max(attribute_number)', ['customer_id']) }}
