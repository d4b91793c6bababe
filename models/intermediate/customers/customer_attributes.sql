-- Whatever else a customers file says, one row per customer and column, as known on the as-of date. Nobody
-- has looked yet at whether it holds identifiers, so it is kept where records are kept as received.

{{ config(schema='staging') }}

{%- set place = [
    {'name': 'source_file', 'type': 'varchar'},
    {'name': 'record_number', 'type': 'bigint'},
    {'name': 'attributes', 'type': 'varchar'},
] %}

with

dates as (

    select observation_date from {{ ref('observation_dates') }}
    where is_as_of

),

staged as (

    {{ unite_systems('customers', place) }}

),

versions as (

    select
        versions.customer_id,
        staged.attributes,
        row_number() over (
            partition by versions.customer_id
            order by
                versions.known_from desc nulls last,
                versions.is_current desc,
                versions.source_file desc,
                versions.record_number desc
        ) as version_rank
    from {{ ref('int_customer_versions') }} as versions
    inner join dates
        on versions.known_from is null or versions.known_from < dates.observation_date
    inner join staged
        on
            versions.source_system = staged.source_system
            and versions.source_file = staged.source_file
            and versions.record_number = staged.record_number

),

fields as (

    select
        customer_id,
        {{ json_fields('attributes') }}
    from versions
    where version_rank = 1 and attributes is not null

),

named as (

    select
        customer_id,
        {{ column_name('field_name') }} as attribute,
        {{ clean_text('field_value') }} as attribute_value
    from fields
    where
        {{ clean_text('field_value') }} is not null
        -- what programs write for nothing
        and lower({{ clean_text('field_value') }}) not in ('nan', '-nan')

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
