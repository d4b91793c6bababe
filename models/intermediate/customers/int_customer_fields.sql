-- Whatever else a customers file says, one row per customer and field, as known on the as-of date: further
-- columns by their name, declared needs as need:<target>. Nobody has looked yet at whether it holds
-- identifiers, so it is kept where records are kept as received. Where the name of a column is one, an
-- address or the name of a customer, the first line of its file was no header but somebody's record: nothing
-- further of that file is looked at.

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
        versions.source_system,
        versions.source_file,
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
        source_system,
        source_file,
        {{ json_fields('attributes') }}
    from versions
    where version_rank = 1 and attributes is not null

),

names as (

    select distinct
        source_system,
        source_file,
        field_name
    from fields

),

files_without_header as (

    select distinct
        names.source_system,
        names.source_file
    from names
    left join {{ ref('int_customer_versions') }} as people
        on {{ hash_identifier('names.field_name', 'name') }} = people.full_name_hash
    where {{ names_a_person('names.field_name', 'people') }}
    union distinct
    select
        'files' as source_system,
        source_file
    from {{ ref('int_source_formats') }}
    where entity = 'customers' and is_record

)

select
    fields.customer_id,
    fields.field_name,
    {{ clean_text('fields.field_value') }} as field_value
from fields
left join files_without_header
    on
        fields.source_system = files_without_header.source_system
        and fields.source_file = files_without_header.source_file
where
    files_without_header.source_file is null
    and {{ clean_text('fields.field_value') }} is not null
    -- what programs write for nothing
    and lower({{ clean_text('fields.field_value') }}) not in ('nan', '-nan')
