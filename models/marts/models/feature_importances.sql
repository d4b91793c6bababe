with

fits as (

    select * from {{ ref('target_fits') }}
    where is_champion

),

listed as (

    select
        target,
        model_id,
        {{ struct_rows('importances') }}
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
