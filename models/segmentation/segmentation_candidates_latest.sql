-- The candidates of the latest fit: of this build, else as the state database keeps them.
{%- set columns = [
    'model_id', 'role', 'feature_set', 'algorithm', 'cluster_count', 'input_count', 'customer_count', 'inertia',
    'silhouette', 'davies_bouldin', 'calinski_harabasz', 'smallest_share', 'surrogate_fidelity',
    'own_assignment_agreement', 'seed_adjusted_rand_index', 'later_spend_explained', 'later_categories_explained',
    'usefulness', 'inertia_to_shuffled', 'silhouette_over_shuffled', 'inertia_to_correlated',
    'silhouette_over_correlated', 'bootstrap_adjusted_rand_index', 'smallest_jaccard', 'jaccards', 'is_continuum',
    'features', 'parameters', 'scoring_sql', 'is_champion', 'reason'
] %}

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
