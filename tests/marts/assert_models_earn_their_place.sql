-- Warns where the champion of a target did not beat the best baseline on the test rows, and the baseline is
-- published in its place. The reason has the figures.

{{ config(severity='warn') }}

select
    target,
    model_id,
    reason
from {{ ref('target_fits') }}
where is_published and is_baseline
