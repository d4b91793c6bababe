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
    decision.as_of_date as fitted_on,
    {% for column in columns %}fits.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from fits
cross join decision
union all
select
    kept.fitted_on,
    {% for column in columns %}kept.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from kept
inner join decision
    on decision.refit_cause is null
