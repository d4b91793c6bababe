-- What statuses of orders and types of events count as. A value that no seed knows may be any text: it is
-- shown where enough customers have it and it does not look like an identifier. How many records have a value
-- of few customers is not told, nor of the smallest other one: how many there are in all is no secret.

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

),

summed as (

    select
        source_system,
        entity,
        column_name,
        shown_value as received_value,
        counts_as,
        is_known,
        sum(records) as records,
        sum(customers) as customers
    from meanings
    group by source_system, entity, column_name, shown_value, counts_as, is_known

),

hidden as (

    {{ hide_small_cells('summed', 'customers', 'source_system, entity, column_name', 'received_value') }}

)

select
    source_system,
    entity,
    column_name,
    received_value,
    counts_as,
    is_known,
    case when not is_hidden then cast(records as bigint) end as records
from hidden
