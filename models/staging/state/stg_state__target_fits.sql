with

source as (

    select * from {{ source('history', 'target_fits') }}

)

select
    target,
    model_id,
    algorithm,
    is_baseline,
    hyper_parameters,
    features,
    classes,
    training_dates,
    validation_dates,
    test_dates,
    training_rows,
    test_rows,
    undated_features_left_out,
    metrics,
    comparisons,
    gains,
    calibration,
    confusion,
    importances,
    feature_selection,
    inputs,
    inverse_temperature,
    prior_shift,
    scoring_sql,
    estimator,
    explained_by,
    is_champion,
    is_published,
    reason,
    fitted_on,
    settings,
    keeps_priors,
    feature_profiles,
    held_out_models
from source
where source_systems = '{{ company_key() }}'
