-- How many records and values were set aside, for which reason.

with

quarantined_records as (

    select
        source_system,
        entity,
        rejection_reason
    from {{ ref('quarantined_records') }}

),

quarantined_values as (

    select
        source_system,
        entity,
        rejection_reason
    from {{ ref('quarantined_values') }}

),

rejection_reasons as (

    select * from {{ ref('rejection_reasons') }}

),

rejected as (

    select * from quarantined_records
    union all
    select * from quarantined_values

),

counted as (

    select
        source_system,
        entity,
        rejection_reason,
        count(*) as rejected_count
    from rejected
    group by source_system, entity, rejection_reason

)

select
    counted.source_system,
    counted.entity,
    counted.rejection_reason,
    rejection_reasons.rejects,
    rejection_reasons.meaning,
    counted.rejected_count
from counted
left join rejection_reasons
    on counted.rejection_reason = rejection_reasons.rejection_reason
