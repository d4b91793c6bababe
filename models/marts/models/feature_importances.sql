with

fits as (

    select * from {{ ref('need_fits') }}
    where is_champion

),

listed as (

    select
        target,
        model_id,
        {{ json_rows('importances', {
            'feature_name': 'varchar', 'log_loss_increase': 'double', 'standard_deviation': 'double'
        }) }}
    from fits

)

select
    target,
    model_id,
    feature_name,
    log_loss_increase,
    standard_deviation,
    cast(row_number() over (
        partition by model_id order by log_loss_increase desc, feature_name asc
    ) as integer) as importance_rank
from listed
