with

fits as (

    select * from {{ ref('target_fits') }}
    where is_published

),

listed as (

    select
        target,
        {{ struct_rows('feature_selection') }}
    from fits

)

select
    target,
    feature_name,
    auc_alone,
    importance,
    correlated_with,
    correlation,
    is_used,
    is_suspicious,
    reason
from listed
