-- Warns of a feature that alone tells a target's classes apart too well: it may be a copy of the label, known
-- only afterwards. Of declared needs nothing is learnt from it until the var confirmed_features names it.

{{ config(severity='warn') }}

select
    target || ': ' || feature_name || ' alone tells it nearly without fail (AUC '
    || cast(cast(auc_alone as decimal(4, 3)) as varchar) || '), as a copy of it would, known only afterwards.'
    || case
        when is_used then ' Check where it comes from.'
        else
            ' It is withheld. If it is known before, confirm it: confirmed_features: [' || feature_name
            || '] in the vars; if not, write its column under ignore in mapping.yml.'
    end as what_is_suspicious
from {{ ref('feature_selection') }}
where is_suspicious
