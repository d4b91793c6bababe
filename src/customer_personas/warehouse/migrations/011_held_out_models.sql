-- What is published of declared labels comes with models for the customers it has learnt from. Earlier fits
-- have none (null), and are learnt anew.

alter table history.target_fits add column held_out_models struct(
    part integer,
    inputs struct(
        name varchar, feature varchar, family varchar, kind varchar, transform varchar,
        low double, high double, fill double, level varchar
    )[],
    inverse_temperature double,
    prior_shift double[],
    scoring_sql varchar,
    estimator blob
)[];
