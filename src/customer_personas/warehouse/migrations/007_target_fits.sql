-- What was learnt of the targets stays in force until there is a cause to learn again. What the models
-- said of single customers is not kept.

create table history.target_fits (
    source_systems varchar,
    target varchar,
    model_id varchar,
    algorithm varchar,
    is_baseline boolean,
    hyper_parameters struct(
        name varchar, value double
    )[],
    features varchar[],
    classes varchar[],
    training_dates date[],
    validation_dates date[],
    test_dates date[],
    training_rows integer,
    test_rows integer,
    undated_features_left_out varchar[],
    metrics struct(
        split varchar, observation_date date, metric varchar, value double, low double,
        high double, customers integer, baseline varchar, baseline_value double,
        advantage double, advantage_low double, advantage_high double
    )[],
    comparisons struct(
        split varchar, observation_date date, baseline varchar, metric varchar, value
        double, baseline_value double, advantage double, advantage_low double,
        advantage_high double
    )[],
    gains struct(
        "class" varchar, decile integer, customers integer, hits integer
    )[],
    calibration struct(
        "class" varchar, bin integer, customers integer, hits integer, mean_probability
        double
    )[],
    confusion struct(
        actual varchar, predicted varchar, customers integer
    )[],
    importances struct(
        feature_name varchar, log_loss_increase double, standard_deviation double
    )[],
    feature_selection struct(
        feature_name varchar, auc_alone double, importance double, correlated_with
        varchar, correlation double, is_used boolean, is_suspicious boolean, reason
        varchar
    )[],
    inputs struct(
        name varchar, feature varchar, family varchar, kind varchar, transform varchar,
        low double, high double, fill double, level varchar
    )[],
    inverse_temperature double,
    prior_shift double[],
    scoring_sql varchar,
    estimator blob,
    explained_by varchar,
    is_champion boolean,
    is_published boolean,
    reason varchar,
    fitted_on date,
    settings varchar,
    keeps_priors boolean,
    feature_profiles struct(
        feature_name varchar, bounds double[], levels varchar[], shares double[],
        missing_share double
    )[]
);

create table history.persona_evaluations (
    source_systems varchar,
    model_id varchar,
    persona_id varchar,
    metric varchar,
    metric_value double,
    value_low double,
    value_high double,
    customers integer
);
