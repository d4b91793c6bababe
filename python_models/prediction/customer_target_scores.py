from customer_personas.features.steps import unpublished_numbers
from customer_personas.prediction.scoring import score_customers


def model(dbt, session):
    dbt.config(materialized="table")
    fits = dbt.ref("scoring_models").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features").filter("is_as_of")
    labels = dbt.ref("target_labels").join(
        dbt.ref("observation_dates").filter("is_as_of"), "observation_date"
    )
    # the batches are read while this session writes them
    return score_customers(
        session.cursor(),
        features.sql_query(),
        fits,
        labels.sql_query(),
        int(dbt.config.get("random_seed")),
        unpublished=unpublished_numbers(dbt.ref("feature_catalog")),
    )
