-- The candidates of the latest fit: of this build, else as the state database keeps them.

with

decision as (

    select * from {{ ref('segmentation_decision') }}

),

fits as (

    select * from {{ ref('segmentation_fits') }}

),

kept as (

    select * from {{ ref('stg_state__segmentation_candidates') }}

)

{%- set columns = [
    'model_id', 'role', 'feature_set', 'algorithm', 'cluster_count', 'input_count', 'customer_count', 'metrics',
    'is_continuum', 'is_champion', 'reason'
] %}

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
