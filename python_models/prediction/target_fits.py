import pyarrow as pa

from customer_personas.prediction.pipeline import fit_target
from customer_personas.segmentation import continuity


def model(dbt, session):
    dbt.config(materialized="table")
    segmentation = dbt.ref("segmentation_champion").project("scoring_sql, personas")
    (champion,) = segmentation.to_arrow_table().to_pylist()

    def persona_of(features):
        return dict(continuity.score_memberships(features, champion).fetchall())

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
            persona_of=persona_of,
            say=lambda line: print(f"          {line}", flush=True),
        )
        for target, kind in dbt.config.get("targets").items()
    ]
    return pa.concat_tables([each.table for each in learnt])
