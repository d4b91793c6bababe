-- Every record received is in exactly one place: the five counts add up, the quarantine holds as many records
-- as were counted, and each accepted order line is a row of int_order_lines.

with

reconciliation as (

    select * from {{ ref('record_reconciliation') }}

),

in_quarantine as (

    select
        source_system,
        entity,
        count(*) as records
    from {{ ref('quarantined_records') }}
    group by source_system, entity

),

in_use as (

    select
        source_system,
        'order_lines' as entity,
        count(*) as records
    from {{ ref('int_order_lines') }}
    group by source_system

)

select
    reconciliation.source_system,
    reconciliation.entity,
    reconciliation.received,
    reconciliation.accepted,
    reconciliation.duplicates,
    reconciliation.superseded,
    reconciliation.quarantined,
    reconciliation.erased,
    coalesce(in_quarantine.records, 0) as records_in_quarantine,
    coalesce(in_use.records, 0) as records_in_use
from reconciliation
left join in_quarantine
    on
        reconciliation.source_system = in_quarantine.source_system
        and reconciliation.entity = in_quarantine.entity
left join in_use
    on
        reconciliation.source_system = in_use.source_system
        and reconciliation.entity = in_use.entity
where
    reconciliation.received
    != reconciliation.accepted + reconciliation.duplicates + reconciliation.superseded
    + reconciliation.quarantined + reconciliation.erased
    or reconciliation.quarantined != coalesce(in_quarantine.records, 0)
    or (
        reconciliation.entity = 'order_lines'
        and reconciliation.accepted != coalesce(in_use.records, 0)
    )
