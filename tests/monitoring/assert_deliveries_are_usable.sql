-- Of every entity that a source system provides, records arrived and most of them could be used. A delivery
-- in another format would otherwise replace good published tables with empty ones. Fails with the figures.

with

reasons as (

    select
        source_system,
        entity,
        {{ dbt.listagg(
            "rejection_reason || ' ' || rejected_count", "', '", 'order by rejected_count desc, rejection_reason'
        ) }} as reasons
    from {{ ref('rejected_records') }}
    where rejects = 'record'
    group by source_system, entity

),

unusable as (

    select
        reconciliation.source_system,
        reconciliation.entity,
        reconciliation.source_system || ' delivered '
        || case
            when reconciliation.received = 0
                then
                    'no record of ' || reconciliation.entity || '. Deliver it again, or take '
                    || reconciliation.entity || ' out of the var source_systems.'
            else
                reconciliation.received || ' records of ' || reconciliation.entity || ', and '
                || reconciliation.quarantined || ' were set aside'
                || coalesce(' (' || reasons.reasons || ')', '')
                || '. Mend the delivery (quarantine.quarantined_records holds them); if it is right as it is,'
                || ' raise the var maximum_quarantined_share (now {{ var("maximum_quarantined_share") }}).'
        end as message
    from {{ ref('record_reconciliation') }} as reconciliation
    left join reasons
        on
            reconciliation.source_system = reasons.source_system
            and reconciliation.entity = reasons.entity
    where
        reconciliation.accepted = 0
        or reconciliation.quarantined
        > {{ var('maximum_quarantined_share') }} * (reconciliation.accepted + reconciliation.quarantined)

)

-- in the filter, because a test counts rows and would not look at a column
select message
from unusable
where {{ raise_error('message') }} is not null
