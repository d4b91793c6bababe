-- Further columns that say when a customer was recorded, not what the customer is like: one value for
-- everybody of the same time, such as an interest rate or the month of the call. Found by their form, on a
-- sample of customers: such a column follows a date of the record; or it goes up and down with two others of
-- the kind; or it stays the same from record to record and then moves a little. What only grows or falls with
-- a date says how long a customer is known, and what follows a text (a branch, an area) says where: both are
-- the customer's own. Columns that are the same for nearly everybody are listed, too.

{%- set profile_columns = [
    'gender', 'occupation', 'annual_income', 'age', 'birth_date', 'country', 'region',
] -%}
{%- set customers = 2000 -%}
{#- So many columns are compared with one another at most, those of the most values. -#}
{%- set columns = 60 -%}
{#- Share of the variance of the ranks, freed from chance, from which on one column follows from another. -#}
{%- set follows = '0.95e0' -%}
{#- Share of all ups and downs that is left between first and last, from which on it only grows or falls. -#}
{%- set is_one_way = '0.9e0' -%}
{%- set made_then = "'it says when the record was made: '" %}

with

catalog as (

    select * from {{ ref('attribute_catalog') }}
    where is_feature

),

records as (

    select
        customer_id,
        source_system,
        source_file,
        record_number,
        cast(known_from as date) as recorded_on,
        cast(signed_up_at as date) as signed_up_on,
        {%- for column in profile_columns %}
        {{ column }},
        {%- endfor %}
        row_number() over (order by {{ customer_hash('customer_id') }} asc, customer_id asc)
        <= {{ customers }} as is_sampled
    from (
        select
            *,
            row_number() over (
                partition by customer_id order by source_system asc, source_file asc, record_number asc
            ) as place
        from {{ ref('int_customer_versions') }}
        where is_current
    ) as versions
    where place = 1

),

read_values as (

    select
        attributes.attribute,
        attributes.customer_id,
        attributes.attribute_value,
        catalog.value_type,
        catalog.distinct_values,
        case
            when catalog.value_type = 'numeric'
                then nullif(
                    nullif({{ attribute_number('attributes.attribute_value') }}, catalog.low_sentinel),
                    catalog.high_sentinel
                )
        end as number,
        case
            when catalog.value_type = 'date'
                then {{ dbt.safe_cast('attributes.attribute_value', 'date') }}
        end as day,
        {{ matches_pattern('lower(attributes.attribute_value)', month_names()) }} as is_month
    from {{ ref('customer_attributes') }} as attributes
    inner join catalog
        on attributes.attribute = catalog.attribute

),

-- numbers that many customers share
shared_numbers as (

    select
        attribute,
        max(distinct_values) as distinct_values,
        row_number() over (order by max(distinct_values) desc, attribute asc) as place
    from read_values
    where number is not null
    group by attribute
    having max(distinct_values) >= 3 and count(*) >= 2 * max(distinct_values)

),

numbers as (

    select
        read_values.attribute,
        read_values.customer_id,
        shared_numbers.distinct_values,
        dense_rank() over (partition by read_values.attribute order by read_values.number) as place
    from read_values
    inner join shared_numbers
        on read_values.attribute = shared_numbers.attribute
    where read_values.number is not null and shared_numbers.place <= {{ columns }}

),

-- columns that hold the names of months, and other texts that many share
texts as (

    select
        attribute,
        min(case when is_month then 1 else 0 end) = 1 as is_month
    from read_values
    where value_type = 'category'
    group by attribute
    having count(*) >= 5 * max(distinct_values) and max(distinct_values) >= 3

),

days as (

    select
        customer_id,
        'updated_at' as attribute,
        recorded_on as day
    from records
    where recorded_on is not null
    union all
    select
        customer_id,
        'signed_up_at' as attribute,
        signed_up_on as day
    from records
    where signed_up_on is not null
    union all
    select
        customer_id,
        attribute,
        day
    from read_values
    where day is not null

),

periods as (

    {% for grain in ['day', 'month'] %}
    select
        customer_id,
        attribute,
        'date' as kind,
        '{{ grain }}' as grain,
        dense_rank() over (partition by attribute order by {{ dbt.date_trunc(grain, 'day') }}) as place
    from days
    union all
    {%- endfor %}
    select
        customer_id,
        attribute,
        'number' as kind,
        '' as grain,
        place
    from numbers
    where distinct_values >= 8
    union all
    select
        read_values.customer_id,
        read_values.attribute,
        case when texts.is_month then 'month' else 'text' end as kind,
        '' as grain,
        dense_rank() over (partition by read_values.attribute order by read_values.attribute_value) as place
    from read_values
    inner join texts
        on read_values.attribute = texts.attribute

),

sampled_periods as (

    select periods.*
    from periods
    inner join records
        on periods.customer_id = records.customer_id
    where records.is_sampled

),

-- whole numbers, so that their sums are exact
cells as (

    select
        numbers.attribute,
        periods.attribute as period,
        periods.kind,
        periods.grain,
        periods.place,
        cast(count(*) as bigint) as customers,
        cast(sum(numbers.place) as bigint) as total,
        cast(sum(numbers.place * numbers.place) as bigint) as squares
    from numbers
    inner join sampled_periods as periods
        on
            numbers.customer_id = periods.customer_id
            and numbers.attribute != periods.attribute
    group by numbers.attribute, periods.attribute, periods.kind, periods.grain, periods.place

),

steps as (

    select
        *,
        {{ ratio('total', 'customers') }} - lag({{ ratio('total', 'customers') }}) over (
            partition by attribute, period, grain order by place
        ) as step
    from cells

),

sums as (

    select
        attribute,
        period,
        kind,
        grain,
        cast(sum(customers) as double) as customers,
        cast(count(*) as double) as periods,
        cast(sum(total) as double) as total,
        cast(sum(squares) as double) as squares,
        cast(sum(cast({{ ratio('total * total', 'customers') }} as decimal(28, 6))) as double)
            as between_squares,
        cast(sum(cast(step as decimal(28, 6))) as double) as way,
        cast(sum(cast(abs(step) as decimal(28, 6))) as double) as whole_way
    from steps
    group by attribute, period, kind, grain

),

compared as (

    select
        attribute,
        period,
        kind,
        grain,
        1 - (squares - between_squares) / nullif(squares - total * total / customers, 0)
        * (customers - 1) / (customers - periods) >= {{ follows }} as is_told,
        kind in ('date', 'number') and abs(way) >= {{ is_one_way }} * whole_way as is_one_way
    from sums
    where customers >= 100 and customers >= 2 * periods and periods >= 3

),

told as (

    select
        attribute,
        min(case when kind in ('date', 'month') and not is_one_way then period end) as date_column,
        count(distinct case when kind = 'number' and not is_one_way then period end) as told_by,
        max(case when kind = 'text' then 1 else 0 end) = 1 as is_of_a_text,
        max(case when kind = 'date' and is_one_way then 1 else 0 end) = 1 as is_tenure
    from compared
    where is_told
    group by attribute

),

-- a file that is sorted by what it says of customers is not in the order of time
columns_in_order as (

    select
        columns.attribute,
        columns.place,
        lag(columns.place) over (
            partition by columns.attribute
            order by records.source_system, records.source_file, records.record_number
        ) as place_before
    from (
        select
            attribute,
            customer_id,
            dense_rank() over (partition by attribute order by number, attribute_value) as place
        from read_values
        where value_type != 'date'
        {%- for column in profile_columns %}
        union all
        select
            'customers.{{ column }}' as attribute,
            profile_{{ column }}.customer_id,
            dense_rank() over (order by profile_{{ column }}.{{ column }}) as place
        from records as profile_{{ column }}
        where profile_{{ column }}.{{ column }} is not null
        {%- endfor %}
    ) as columns
    inner join records
        on columns.customer_id = records.customer_id

),

sorting as (

    select attribute
    from columns_in_order
    group by attribute
    having
        max(place) >= 3
        and least(
            count(case when place < place_before then 1 end), count(case when place > place_before then 1 end)
        ) = 0

),

-- runs of records with the same number
neighbours as (

    select
        numbers.attribute,
        numbers.distinct_values,
        numbers.place,
        lag(numbers.place) over (
            partition by numbers.attribute
            order by records.source_system, records.source_file, records.record_number
        ) as place_before
    from numbers
    inner join records
        on numbers.customer_id = records.customer_id

),

value_counts as (

    select
        attribute,
        count(*) as customers
    from numbers
    group by attribute, place

),

repeated as (

    select
        attribute,
        1 - {{ ratio('sum(customers * customers)', 'sum(customers) * sum(customers)') }} as change_by_chance
    from value_counts
    group by attribute

),

runs as (

    select
        attribute,
        cast(count(*) as double) as records,
        max(distinct_values) as distinct_values,
        cast(count(case when place != place_before then 1 end) as double) as changes,
        cast(sum((place - place_before) * (place - place_before)) as double) as step_squares,
        cast(sum(case when place != place_before then place end) as double) as run_total,
        cast(sum(case when place != place_before then place * place end) as double) as run_squares,
        cast(sum(place - place_before) as double) as way,
        cast(sum(abs(place - place_before)) as double) as whole_way
    from neighbours
    group by attribute

),

kept_up as (

    select
        runs.attribute,
        -- by small steps: a quarter of what they would be in any order
        runs.step_squares <= 0.5e0 * (runs.run_squares - runs.run_total * runs.run_total / runs.changes)
            as is_smooth
    from runs
    inner join repeated
        on runs.attribute = repeated.attribute
    where
        not exists (select 1 from sorting)
        and runs.records >= 100
        and runs.distinct_values >= 8
        and runs.changes >= 8
        and runs.changes <= 0.2e0 * repeated.change_by_chance * runs.records
        and abs(runs.way) < {{ is_one_way }} * runs.whole_way

),

-- one that moves by small steps says that records are in the order of time
lasting as (

    select
        attribute,
        max(case when is_smooth then 1 else 0 end) over () = 1 as is_timed
    from kept_up

),

circumstances as (

    select
        shared_numbers.attribute,
        case
            when told.date_column is not null then {{ made_then }} || 'it follows ' || told.date_column
            when told.told_by >= 2 and shared_numbers.distinct_values >= 8
                then
                    {{ made_then }} || 'it goes up and down with ' || told.told_by
                    || ' other columns of the kind'
            when lasting.is_timed
                then {{ made_then }} || 'it is the same for records that follow one another'
        end as evidence
    from shared_numbers
    left join told
        on shared_numbers.attribute = told.attribute
    left join lasting
        on shared_numbers.attribute = lasting.attribute
    where
        (not coalesce(told.is_of_a_text, false) or told.date_column is not null)
        and not coalesce(told.is_tenure, false)

),

-- what a circumstance tells, and what tells one, is another
carried as (

    select
        linked.attribute,
        {{ made_then }} || 'it goes up and down with ' || min(linked.circumstance) as evidence
    from (
        select
            compared.attribute,
            compared.period as circumstance
        from compared
        where compared.kind = 'number' and compared.is_told and not compared.is_one_way
        union all
        select
            compared.period as attribute,
            compared.attribute as circumstance
        from compared
        where compared.kind = 'number' and compared.is_told and not compared.is_one_way
    ) as linked
    inner join circumstances
        on linked.circumstance = circumstances.attribute and circumstances.evidence is not null
    left join told
        on linked.attribute = told.attribute
    where not coalesce(told.is_tenure or told.is_of_a_text, false)
    group by linked.attribute

),

-- of texts, each day or month has one, and one that is gone comes back
text_cells as (

    select
        texts_there.attribute,
        texts_there.kind,
        dates.attribute as period,
        dates.grain,
        dates.place,
        texts_there.place as text_place,
        cast(count(*) as bigint) as customers,
        row_number() over (
            partition by texts_there.attribute, dates.attribute, dates.grain, dates.place
            order by count(*) desc, texts_there.place asc
        ) as text_rank
    from sampled_periods as texts_there
    inner join sampled_periods as dates
        on texts_there.customer_id = dates.customer_id
    where texts_there.kind in ('text', 'month') and dates.kind = 'date'
    group by
        texts_there.attribute, texts_there.kind, dates.attribute, dates.grain, dates.place, texts_there.place

),

text_periods as (

    select
        attribute,
        kind,
        period,
        grain,
        text_place,
        sum(customers) over (partition by attribute, period, grain, place) as customers,
        customers as customers_alike,
        text_rank,
        lag(text_place) over (
            partition by attribute, period, grain, text_rank order by place
        ) as text_before
    from text_cells

),

dated_texts as (

    select
        attribute,
        min(period) as period
    from (
        select
            attribute,
            period
        from text_periods
        group by attribute, kind, period, grain
        having
            -- pairs of customers of the same day or month
            sum(case when text_rank = 1 then customers * (customers - 1) end) >= 400
            and sum(customers_alike * (customers_alike - 1))
            >= 0.97e0 * sum(case when text_rank = 1 then customers * (customers - 1) end)
            and (
                kind = 'month'
                or count(case when text_rank = 1 and text_place != text_before then 1 end)
                >= 2 * count(distinct text_place)
            )
    ) as by_grain
    group by attribute

),

found as (

    select max(case when evidence is not null then 1 else 0 end) = 1 as is_there from circumstances

),

-- a value that all but one in a hundred have
nearly_everybody as (

    select attribute
    from (
        select
            attribute,
            count(*) as customers
        from read_values
        group by attribute, attribute_value
    ) as counted
    group by attribute
    having max(customers) >= 0.99e0 * sum(customers)

),

explained as (

    select
        catalog.attribute,
        coalesce(
            circumstances.evidence,
            carried.evidence,
            {{ made_then }} || 'it follows ' || dated_texts.period,
            case
                when texts.is_month and found.is_there
                    then {{ made_then }} || 'it names months, beside other columns of the kind'
            end,
            case when nearly_everybody.attribute is not null then 'nearly everybody has the same value' end
        ) as evidence
    from catalog
    cross join found
    left join circumstances
        on catalog.attribute = circumstances.attribute
    left join carried
        on catalog.attribute = carried.attribute
    left join dated_texts
        on catalog.attribute = dated_texts.attribute
    left join texts
        on catalog.attribute = texts.attribute
    left join nearly_everybody
        on catalog.attribute = nearly_everybody.attribute

)

select
    attribute,
    evidence
from explained
where evidence is not null
