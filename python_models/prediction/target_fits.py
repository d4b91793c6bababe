import pyarrow as pa

from customer_personas.prediction.pipeline import fit_target


def model(dbt, session):
    dbt.config(materialized="table")
    learnt = [
        fit_target(
            dbt.ref("customer_features"),
            dbt.ref("target_labels"),
            dbt.ref("feature_catalog"),
            dbt.ref("season_outlook"),
            target=target,
            kind=kind,
            horizon_days=int(dbt.config.get("horizon_days")),
            algorithms=dbt.config.get("algorithms"),
            seed=int(dbt.config.get("random_seed")),
            sample_size=int(dbt.config.get("fit_sample_rows")),
            budget_seconds=float(dbt.config.get("fit_budget_seconds")),
            say=lambda line: print(f"          {line}", flush=True),
        )
        for target, kind in dbt.config.get("targets").items()
    ]
    return pa.concat_tables([each.table for each in learnt])
