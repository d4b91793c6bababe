with

source as (

    select * from {{ source('history', 'metric_history') }}

)

select
    as_of_date,
    metric,
    subject,
    subject_name,
    metric_value
from source
where source_systems = '{{ company_key() }}'
