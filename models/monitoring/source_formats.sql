-- How each column of the landing files was read, for whoever wonders about a value. What looks like an
-- identifier is withheld, in the names of files and columns as well, and so are the texts that the mapping
-- gives.

{%- set source_column = replace_pattern('source_column', "'''[^'']*'''", "'''...'''") %}

with

formats as (

    select
        formats.*,
        {{ has_identifier_form('formats.source_file') }} as is_file_withheld,
        row_number() over (
            partition by formats.entity, formats.source_file order by formats.column_name
        ) as column_number,
        dense_rank() over (order by formats.source_file) as file_number
    from {{ ref('int_source_formats') }} as formats

)

select
    'files' as source_system,
    entity,
    case when is_file_withheld then '[withheld] ' || file_number else source_file end as source_file,
    case when is_record and read_as like 'attribute%' then '[withheld] ' || column_number else column_name end
        as column_name,
    case
        when is_record then '[withheld] ' || column_number
        when source_column like 'always %' then 'always the same'
        when {{ has_identifier_form(source_column) }} then '[withheld] ' || column_number
        else {{ source_column }}
    end as source_column,
    read_as,
    case when {{ has_identifier_form('value_format') }} then '[withheld]' else value_format end
        as value_format,
    decided_by,
    filled_values,
    unreadable_values,
    file_format,
    encoding,
    delimiter,
    records,
    unreadable_lines
from formats
