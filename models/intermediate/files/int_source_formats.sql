-- How each column of each landing file was read: decided once per file, from all its values.

{%- set entities = var('source_systems').get('files', []) %}
{%- set fields = {
    'file_format': 'VARCHAR', 'encoding': 'VARCHAR', 'delimiter': 'VARCHAR', 'records': 'BIGINT',
    'unreadable_lines': 'BIGINT', 'column_name': 'VARCHAR', 'source_column': 'VARCHAR', 'read_as': 'VARCHAR',
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

)

select
    entity,
    source_file,
    {{ json_rows('file_formats', fields) }}
from described
