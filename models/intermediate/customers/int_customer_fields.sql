-- Whatever else a customers file says, one row per customer and field, as known on the as-of date: further
-- columns by their name, declared needs as need:<target>. Nobody has looked yet at whether it holds
-- identifiers, so it is kept where records are kept as received.

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

)

select
    customer_id,
    field_name,
    {{ clean_text('field_value') }} as field_value
from fields
where
    {{ clean_text('field_value') }} is not null
    -- what programs write for nothing
    and lower({{ clean_text('field_value') }}) not in ('nan', '-nan')
