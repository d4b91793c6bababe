with

source as (

    select * from {{ source('history', 'segmentation_candidates') }}

)

select
    fitted_on,
    model_id,
    role,
    feature_set,
    algorithm,
    cluster_count,
    input_count,
    customer_count,
    metrics,
    is_continuum,
    is_champion,
    reason
from source
where source_systems = '{{ company_key() }}'
