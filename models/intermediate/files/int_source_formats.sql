-- How each column of each landing file was read: decided once per file, from all its values. Where the name
-- of a column, as it stands in the file, is an address, a number or a customer's name, the first line of the
-- file was no header but somebody's record.

{%- set entities = var('source_systems').get('files', []) %}
{%- set fields = {
    'file_format': 'VARCHAR', 'encoding': 'VARCHAR', 'delimiter': 'VARCHAR', 'records': 'BIGINT',
    'unreadable_lines': 'BIGINT', 'column_name': 'VARCHAR', 'source_column': 'VARCHAR', 'header': 'VARCHAR', 'read_as': 'VARCHAR',
    'value_format': 'VARCHAR', 'decided_by': 'VARCHAR', 'filled_values': 'BIGINT', 'unreadable_values': 'BIGINT',
    'declared_as': 'VARCHAR', 'label': 'VARCHAR',
} %}

with

described as (
    {% for entity in entities %}
    select
        '{{ entity }}' as entity,
        source_file,
        file_formats
    from {{ ref('raw_files__' ~ entity) }}
    where file_formats is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as varchar) as entity,
        cast(null as varchar) as source_file,
        cast('[]' as varchar) as file_formats
    where false
    {%- endfor %}

),

columns as (

    select
        entity,
        source_file,
        {{ json_rows('file_formats', fields) }}
    from described

),

people as (

    select distinct full_name_hash from {{ ref('int_customer_versions') }}

),

judged as (

    select
        columns.*,
        {{ names_a_person('columns.header', 'people') }} as names_a_person
    from columns
    left join people
        on {{ hash_identifier('columns.header', 'name') }} = people.full_name_hash

)

select
    entity,
    source_file,
    {%- for field in fields if field not in ('header', 'label') %}
    {{ field }},
    {%- endfor %}
    case when {{ has_identifier_form('label') }} then null else label end as label,
    max(case when names_a_person then 1 else 0 end) over (partition by entity, source_file) = 1 as is_record
from judged
