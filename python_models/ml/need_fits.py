import pyarrow as pa

from customer_personas.learning.champions import persona_sql
from customer_personas.prediction import fits


def model(dbt, session):
    dbt.config(materialized="table")
    segmentation = dbt.ref("segmentation_champion").project("scoring_sql, persona_ids")
    ((scoring_sql, persona_ids),) = segmentation.fetchall()

    def persona_of(features):
        scored = features.query("features", scoring_sql)
        return dict(scored.project(f"customer_id, {persona_sql(persona_ids)}").fetchall())

    learnt = [
        fits.fit_target(
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
            persona_of=persona_of,
            say=lambda line: print(f"          {line}", flush=True),
        )
        for target, kind in dbt.config.get("targets").items()
    ]
    return pa.concat_tables([each.table for each in learnt])
