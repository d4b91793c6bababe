{{ records_set_aside('judged.rejection_reason', "judged.disposition = 'quarantined'") }}
