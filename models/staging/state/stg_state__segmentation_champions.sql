with

source as (

    select * from {{ source('history', 'segmentation_champions') }}

)

select
    champion_id,
    fitted_on,
    checked_on,
    model_id,
    role,
    feature_set,
    algorithm,
    cluster_count,
    input_count,
    customer_count,
    metrics,
    is_continuum,
    features,
    parameters,
    scoring_sql,
    personas,
    feature_profiles,
    lifecycle,
    reason,
    status,
    settings
from source
where source_systems = '{{ company_key() }}'
