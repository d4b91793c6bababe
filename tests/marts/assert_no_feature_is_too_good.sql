-- Warns of a feature that alone tells a target's classes apart too well: it may be a copy of the label, known
-- only afterwards.

{{ config(severity='warn') }}

select
    target,
    feature_name,
    auc_alone
from {{ ref('feature_selection') }}
where is_suspicious
