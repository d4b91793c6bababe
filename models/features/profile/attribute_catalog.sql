-- Which further columns of the customers file become features, read as what, and which are left out and why.

with

attributes as (

    select
        attributes.attribute,
        attributes.attribute_value,
        yes_no_spellings.spelling is not null as is_yes_or_no
    from {{ ref('customer_attributes') }} as attributes
    left join {{ ref('yes_no_spellings') }} as yes_no_spellings
        on lower(attributes.attribute_value) = yes_no_spellings.spelling

),

-- each text once: looking for identifiers is slow
held as (

    select
        attribute,
        count(case when customers >= {{ var('minimum_cell') }} then 1 end) as shared_values,
        count(case when {{ has_identifier_form('attribute_value', 'id') }} then 1 end) as certain_identifiers,
        count(case when {{ has_identifier_form('attribute_value') }} then 1 end) as identifiers
    from (
        select
            attribute,
            attribute_value,
            count(*) as customers
        from attributes
        group by attribute, attribute_value
    ) as attribute_values
    group by attribute

),

measured as (

    select
        attribute,
        count(*) as customers,
        count(distinct attribute_value) as distinct_values,
        count({{ dbt.safe_cast('attribute_value', 'double') }}) as numbers,
        count(
            case when {{ matches_pattern('attribute_value', "'[0-9]+'") }} then 1 end
        ) as whole_numbers,
        count(case when is_yes_or_no then 1 end) as booleans,
        count({{ dbt.safe_cast('attribute_value', 'date') }}) as dates,
        count(
            case
                when {{ matches_pattern('attribute_value', "'\\+?[0-9][0-9 ()/-]{7,}'") }}
                    then 1
            end
        ) as phone_numbers,
        -- a phone number that was read as a number, or an id
        count(
            case when abs({{ dbt.safe_cast('attribute_value', 'double') }}) >= 1e9 then 1 end
        ) as long_numbers
    from attributes
    group by attribute

),

typed as (

    select
        measured.*,
        held.shared_values,
        held.certain_identifiers,
        held.identifiers,
        case
            when measured.booleans = measured.customers then 'boolean'
            when measured.numbers = measured.customers then 'numeric'
            when measured.dates = measured.customers then 'date'
            else 'category'
        end as value_type
    from measured
    inner join held
        on measured.attribute = held.attribute

),

judged as (

    select
        *,
        case
            -- one is one too many: category features are published; a long number may be a measurement
            when certain_identifiers > 0 or (identifiers > 0 and value_type = 'category')
                then 'holds what looks like an e-mail address, a phone number or another identifier'
            when value_type = 'date' and distinct_values > 1 then null
            when phone_numbers >= 0.5 * customers then 'looks like phone numbers'
            when long_numbers >= 0.5 * customers
                then 'numbers of ten digits and more: phone numbers or identifiers'
            when distinct_values = 1 then 'has one value only'
            -- models learn from 20 levels at most
            when
                numbers < customers
                and (distinct_values > 100 or (distinct_values > 20 and distinct_values > 0.1 * customers))
                then 'has too many different texts: names, places or comments'
            when value_type = 'category' and shared_values < 2
                then 'has hardly a text that {{ var("minimum_cell") }} customers share'
            when whole_numbers = customers and distinct_values = customers and customers > 20
                then 'every customer has another whole number: an identifier'
        end as left_out_because
    from typed

)

select
    attribute,
    'attribute_' || attribute as feature_name,
    value_type,
    customers,
    distinct_values,
    left_out_because is null as is_feature,
    left_out_because
from judged
