select drift.feature_name, catalog.label as feature_label, drift.fitted_on, drift.psi, drift.is_drifted
from monitoring.feature_drift as drift
left join features.feature_catalog as catalog
    on drift.feature_name = catalog.feature_name
where drift.psi is not null
order by drift.psi desc, drift.feature_name
