-- What was published of the future is kept until it can be judged: single customers' probabilities up to then,
-- of a sample, and what was promised of them. What came of it stays, without the customers.

create table history.published_predictions (
    source_systems varchar,
    target varchar,
    as_of_date date,
    customer_id varchar,
    "class" varchar,
    probability double
);

create table history.prediction_outcomes (
    source_systems varchar,
    target varchar,
    as_of_date date,
    horizon_end date,
    model_id varchar,
    fitted_on date,
    published_customers bigint,
    promised_roc_auc double,
    promised_roc_auc_low double,
    promised_roc_auc_high double,
    promised_log_loss double,
    promised_calibration_error double,
    judged_on date,
    customers bigint,
    mean_probability double,
    happened_share double,
    gap double,
    gap_low double,
    gap_high double,
    roc_auc double,
    roc_auc_low double,
    roc_auc_high double,
    log_loss double,
    log_loss_of_shares double,
    expected_calibration_error double,
    calibration struct(
        "class" varchar, bin integer, customers integer, hits integer, mean_probability
        double
    )[]
);
