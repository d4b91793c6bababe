with

source as (

    select * from {{ source('history', 'persona_evaluations') }}

)

select
    model_id,
    persona_id,
    metric,
    metric_value,
    value_low,
    value_high,
    customers
from source
where source_systems = '{{ company_key() }}'
