select source_system, entity, received, accepted, duplicates, superseded, quarantined, erased
from monitoring.record_reconciliation
order by received desc, source_system, entity
