-- How each column of the landing files was read, for whoever wonders about a value.

select
    'files' as source_system,
    entity,
    source_file,
    column_name,
    source_column,
    read_as,
    value_format,
    decided_by,
    filled_values,
    unreadable_values,
    file_format,
    encoding,
    delimiter,
    records,
    unreadable_lines
from {{ ref('int_source_formats') }}
