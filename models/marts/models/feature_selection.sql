with

fits as (

    select * from {{ ref('need_fits') }}
    where is_published

),

listed as (

    select
        target,
        {{ json_rows('feature_selection', {
            'feature_name': 'varchar', 'auc_alone': 'double', 'importance': 'double',
            'correlated_with': 'varchar', 'correlation': 'double',
            'is_used': 'boolean', 'is_suspicious': 'boolean', 'reason': 'varchar'
        }) }}
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
