import pyarrow as pa

from customer_personas.learning import classification


def model(dbt, session):
    dbt.config(materialized="table")
    fits = [
        classification.fit_target(
            dbt.ref("customer_features"),
            dbt.ref("target_labels"),
            dbt.ref("feature_catalog"),
            target=target,
            kind=kind,
            horizon_days=int(dbt.config.get("horizon_days")),
            seed=int(dbt.config.get("random_seed")),
        )
        for target, kind in dbt.config.get("targets").items()
    ]
    return pa.concat_tables(fits)
