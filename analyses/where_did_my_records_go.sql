-- Of the records received, how many count, and why were the others set aside?

with

reconciliation as (

    select * from {{ ref('record_reconciliation') }}

),

rejected as (

    select * from {{ ref('rejected_records') }}

),

outcomes as (

    select
        source_system,
        entity,
        'accepted' as outcome,
        cast(null as varchar) as meaning,
        accepted as record_count
    from reconciliation
    union all
    select
        source_system,
        entity,
        'duplicate' as outcome,
        'The same record was received before.' as meaning,
        duplicates as record_count
    from reconciliation
    union all
    select
        source_system,
        entity,
        'superseded' as outcome,
        'A newer version of the record was received.' as meaning,
        superseded as record_count
    from reconciliation
    union all
    select
        source_system,
        entity,
        'erased' as outcome,
        'A record of a customer who was erased.' as meaning,
        erased as record_count
    from reconciliation
    where erased > 0
    union all
    select
        source_system,
        entity,
        'quarantined: ' || rejection_reason as outcome,
        meaning,
        rejected_count as record_count
    from rejected
    where rejects = 'record'

)

select
    outcomes.source_system,
    outcomes.entity,
    outcomes.outcome,
    outcomes.meaning,
    outcomes.record_count,
    round(100 * outcomes.record_count / reconciliation.received, 2) as percent_of_received
from outcomes
inner join reconciliation
    on
        outcomes.source_system = reconciliation.source_system
        and outcomes.entity = reconciliation.entity
where outcomes.record_count > 0
order by
    outcomes.source_system asc,
    outcomes.entity asc,
    outcomes.record_count desc,
    outcomes.outcome asc
