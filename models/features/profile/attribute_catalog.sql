-- Which further columns of the customers file become features, read as what, and which are left out and why.
-- Numbers that name something (branches, area codes) are categories; a number that stands for "unknown" or
-- "never" (-1, 999) is none. The mapping has the last word: what it declares is not judged by its form or
-- name.

with

attributes as (

    select
        attributes.attribute,
        attributes.attribute_value,
        yes_no_spellings.spelling is not null as is_yes_or_no
    from {{ ref('customer_attributes') }} as attributes
    left join {{ ref('yes_no_spellings') }} as yes_no_spellings
        on {{ spelling_key('attributes.attribute_value') }} = yes_no_spellings.spelling

),

settings as (

    select
        {{ column_name('column_name') }} as attribute,
        max(label) as label,
        max(declared_as) as declared_as,
        max(source_column) as source_column
    from {{ ref('int_source_formats') }}
    where entity = 'customers' and read_as like 'attribute%'
    group by {{ column_name('column_name') }}

),

counted_numbers as (

    select
        attribute,
        {{ attribute_number('attribute_value') }} as number,
        count(*) as customers
    from attributes
    where {{ attribute_number('attribute_value') }} is not null
    group by attribute, {{ attribute_number('attribute_value') }}

),

placed_numbers as (

    select
        *,
        lag(number) over (partition by attribute order by number) as number_before,
        lead(number) over (partition by attribute order by number) as number_after,
        min(number) over (partition by attribute) as least,
        count(*) over (partition by attribute) as numbers,
        sum(customers) over (partition by attribute) as all_customers
    from counted_numbers

),

judged_numbers as (

    select
        *,
        case
            -- far more often than the others, on average, and of several
            when numbers < 6 or customers < 5 or customers * (numbers - 1) < 3 * (all_customers - customers)
                then false
            when number in (-1, -9, -99, -999, -9999) then number_before is null and number_after >= 0
            when number in (99, 999, 9999, 99999, 999999)
                then number_after is null and number - number_before >= 0.5 * (number_before - least)
            else false
        end as is_sentinel
    from placed_numbers

),

forms as (

    select
        attribute,
        max(case when is_sentinel and number < 0 then number end) as low_sentinel,
        max(case when is_sentinel and number > 0 then number end) as high_sentinel,
        count(case when not is_sentinel then 1 end) as numbers,
        sum(case when not is_sentinel then customers end) as customers,
        min(case when not is_sentinel then number end) as least,
        max(case when not is_sentinel then number end) as most,
        -- quantities go on in steps: what leaves most steps out names something
        case
            when count(case when not is_sentinel and number % 100 != 0 then 1 end) = 0 then 100
            when count(case when not is_sentinel and number % 10 != 0 then 1 end) = 0 then 10
            when count(case when not is_sentinel and number % 5 != 0 then 1 end) = 0 then 5
            else 1
        end as step
    from judged_numbers
    group by attribute

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
        count(
            case when {{ matches_pattern('attribute_value', "'0[0-9]+'") }} then 1 end
        ) as leading_zeros,
        -- a phone number that was read as a number, or an id
        count(
            case when abs({{ dbt.safe_cast('attribute_value', 'double') }}) >= 1e9 then 1 end
        ) as long_numbers
    from attributes
    group by attribute

),

formed as (

    select
        measured.*,
        settings.declared_as,
        coalesce(
            settings.label,
            -- MonthlyCharges, monthly_charges, Monthly charges (USD); # of visits, Number of visits
            {{ replace_pattern(
                "lower(trim(" ~ replace_pattern(
                    replace_pattern(
                        'coalesce(settings.source_column, measured.attribute)',
                        "'([a-z])([A-Z])'", "'\\1 \\2'"
                    ), "'[(].*[)]|[_ .?!:-]+'", "' '"
                ) ~ "))",
                "'^(((total )?(number|no|nr|num) of|num|nr|# of|#) )'", "''"
            ) }}
        ) as label,
        case when settings.declared_as is null then forms.low_sentinel end as low_sentinel,
        case when settings.declared_as is null then forms.high_sentinel end as high_sentinel,
        case
            when settings.declared_as is not null then settings.declared_as = 'text'
            when measured.numbers < measured.customers or measured.booleans = measured.customers then false
            when measured.leading_zeros > 0 then true
            when measured.whole_numbers < measured.customers then false
            when {{ matches_pattern('measured.attribute', code_names()) }} then true
            else
                -- as many digits in all, shared by many, no years
                coalesce(
                    forms.numbers >= 3
                    and forms.least >= 100
                    and length(cast(cast(forms.least as bigint) as varchar))
                    = length(cast(cast(forms.most as bigint) as varchar))
                    and not (forms.least >= 1900 and forms.most <= 2100)
                    and forms.customers >= 5 * forms.numbers
                    and forms.numbers < 0.5 * (1 + (forms.most - forms.least) / forms.step),
                    false
                )
        end as is_code,
        forms.least >= 1900 and forms.most <= 2100 as is_within_years
    from measured
    left join forms
        on measured.attribute = forms.attribute
    left join settings
        on measured.attribute = settings.attribute

),

typed as (

    select
        formed.*,
        held.shared_values,
        held.certain_identifiers,
        held.identifiers,
        case
            when formed.is_code then 'category'
            when formed.booleans = formed.customers then 'boolean'
            when formed.numbers = formed.customers then 'numeric'
            when formed.dates = formed.customers then 'date'
            else 'category'
        end as value_type
    from formed
    inner join held
        on formed.attribute = held.attribute

),

judged as (

    select
        *,
        case
            -- one is one too many: category features are published; a long number may be a measurement
            when certain_identifiers > 0 or (identifiers > 0 and value_type = 'category')
                then 'holds what looks like an e-mail address, a phone number or another identifier'
            -- few firms, or family names that many share, have no other sign
            when
                declared_as is null and value_type != 'boolean'
                and {{ matches_pattern('attribute', names_of_persons_and_places()) }}
                then
                    'is called like a person, a firm, an address or a number of one;'
                    || ' read_as in the mapping says that it is none'
            when value_type = 'date' and distinct_values > 1 then null
            when phone_numbers >= 0.5 * customers then 'looks like phone numbers'
            when long_numbers >= 0.5 * customers
                then 'numbers of ten digits and more: phone numbers or identifiers'
            when distinct_values = 1 then 'has one value only'
            -- models learn from 20 levels at most
            when
                (numbers < customers or is_code)
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
    label,
    value_type,
    is_code and declared_as is null as is_code,
    value_type = 'numeric' and whole_numbers = customers and coalesce(is_within_years, false) as is_year,
    low_sentinel,
    high_sentinel,
    customers,
    distinct_values,
    left_out_because is null as is_feature,
    left_out_because
from judged
