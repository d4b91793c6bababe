-- Warns where more records are too old than mistakes would make: the company may have such a history.

{{ config(severity='warn') }}

with

too_old as (

    select
        source_system,
        entity,
        rejection_reason,
        rejected_count
    from {{ ref('rejected_records') }}
    where rejection_reason like 'implausible%at'

)

select
    too_old.source_system,
    too_old.entity,
    too_old.rejected_count || ' records: ' || too_old.rejection_reason as problem,
    'if they are real, set the var earliest_plausible_date (now {{ var("earliest_plausible_date") }})'
        as what_to_do
from too_old
inner join {{ ref('record_reconciliation') }} as reconciliation
    on
        too_old.source_system = reconciliation.source_system
        and too_old.entity = reconciliation.entity
where too_old.rejected_count > 0.01 * reconciliation.received
