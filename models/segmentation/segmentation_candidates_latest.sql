-- The candidates of the latest fit: of this build, else as the state database keeps them.
{%- set columns = state_tables()['segmentation_candidates'] | reject('equalto', 'fitted_on')
    | reject('equalto', 'source_systems') | list %}

with

decision as (

    select * from {{ ref('segmentation_decision') }}

),

kept as (

    select * from {{ source('history', 'segmentation_candidates') }}
    where source_systems = '{{ company_key() }}'

),

fits as (

    select * from {{ ref('segmentation_fits') }}

)

select
    {%- for column in columns %}
    fits.{{ column }},
    {%- endfor %}
    decision.as_of_date as fitted_on
from fits
cross join decision
union all
select
    {%- for column in columns %}
    kept.{{ column }},
    {%- endfor %}
    kept.fitted_on
from kept
inner join decision
    on decision.refit_cause is null
