-- What statuses of orders and types of events count as. A value that no seed knows may be any text: it is
-- shown where enough customers have it and it does not look like an identifier.

with

meanings as (

    select
        *,
        case
            when
                is_known
                or (
                    customers >= {{ var('minimum_cell') }}
                    and not {{ has_identifier_form('received_value') }}
                )
                then received_value
            else '[withheld]'
        end as shown_value
    from {{ ref('int_value_meanings') }}

)

select
    source_system,
    entity,
    column_name,
    shown_value as received_value,
    counts_as,
    is_known,
    cast(sum(records) as bigint) as records
from meanings
group by source_system, entity, column_name, shown_value, counts_as, is_known
