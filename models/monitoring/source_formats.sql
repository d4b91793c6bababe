-- How each column of the landing files was read, for whoever wonders about a value. What looks like an
-- identifier is withheld, in the names of files and columns as well, and so are the texts that the mapping
-- gives.

with

people as (

    select distinct full_name_hash from {{ ref('int_customer_versions') }}

),

formats as (

    select
        formats.*,
        {{ has_identifier_form('formats.source_file') }} as is_file_withheld,
        -- the name of one column is somebody's: the first line is a record, and so are the other names
        max(case when {{ names_a_person('formats.source_column', 'people') }} then 1 else 0 end) over (
            partition by formats.entity, formats.source_file
        ) = 1 as is_record,
        row_number() over (
            partition by formats.entity, formats.source_file order by formats.column_name
        ) as column_number,
        dense_rank() over (order by formats.source_file) as file_number
    from {{ ref('int_source_formats') }} as formats
    left join people
        on {{ hash_identifier('formats.source_column', 'name') }} = people.full_name_hash

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
        else {{ replace_pattern('source_column', "'''[^'']*'''", "'''...'''") }}
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
