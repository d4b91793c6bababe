import pyarrow as pa

from customer_personas.features.steps import unpublished_numbers
from customer_personas.prediction.evaluation import personas
from customer_personas.prediction.targets import list_targets
from customer_personas.segmentation.continuity import score_memberships


def model(dbt, session):
    dbt.config(materialized="table")
    features, labels = dbt.ref("customer_features"), dbt.ref("target_labels")
    fits = dbt.ref("target_fits").filter("len(test_predictions) > 0")
    fits = fits.project("target, model_id, classes, test_predictions").order("model_id")
    learnt = fits.to_arrow_table().to_pylist()
    segmentation = dbt.ref("segmentation_champion").project("scoring_sql, personas")
    (champion,) = segmentation.to_arrow_table().to_pylist()
    unpublished = unpublished_numbers(dbt.ref("feature_catalog"))
    rows = []
    for target, kind in list_targets(labels, dbt.config.get("targets")).items():
        own = [fit for fit in learnt if fit["target"] == target]
        if not own:
            continue
        customers, days = personas.find_test_rows(
            features,
            labels,
            target,
            kind,
            int(dbt.config.get("horizon_days")),
            int(dbt.config.get("fit_sample_rows")),
            int(dbt.config.get("random_seed")),
        )
        listed = ", ".join(f"date '{day}'" for day in sorted(set(days))) or "null"
        then = features.filter(f"observation_date in ({listed})")
        rows += personas.measure_by_persona(
            own,
            customers,
            dict(score_memberships(then, champion, unpublished).fetchall()),
            int(dbt.config.get("random_seed")),
        )
    # of models that are kept, what was measured when they were fitted
    kept = dbt.ref("target_fits").filter("is_kept").project("model_id").fetchall()
    living = {each["persona_id"] for each in champion["personas"]}
    rows += [
        row
        for row in dbt.ref("stg_state__persona_evaluations").to_arrow_table().to_pylist()
        if (row["model_id"],) in kept and row["persona_id"] in living
    ]
    return pa.Table.from_pylist(rows, schema=personas.SCHEMA)
