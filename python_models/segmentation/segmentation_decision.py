from customer_personas.features.refitting import Policy
from customer_personas.features.steps import unpublished_numbers
from customer_personas.segmentation.decision import decide, write_persona_settings


def model(dbt, session):
    dbt.config(materialized="table")
    ((source_systems, as_of_date),) = (
        dbt.ref("current_build").project("source_systems, as_of_date").fetchall()
    )
    catalog = dbt.ref("feature_catalog")
    barred = catalog.filter("not in_segmentation").project("feature_name")
    return decide(
        dbt.ref("customer_features").filter("is_as_of"),
        next(iter(dbt.ref("champion_before").to_arrow_table().to_pylist()), None),
        Policy(
            refit=dbt.config.get("refit"),
            refit_after_days=int(dbt.config.get("refit_after_days")),
            drift_recheck_days=int(dbt.config.get("drift_recheck_days")),
            drift_psi=float(dbt.config.get("drift_psi")),
            drift_missing=float(dbt.config.get("drift_missing")),
        ),
        drift_persona_share=float(dbt.config.get("drift_persona_share")),
        settings=write_persona_settings(
            dbt.ref("segmentation_feature_sets"),
            fewest=int(dbt.config.get("personas_min")),
            most=int(dbt.config.get("personas_max")),
        ),
        as_of_date=as_of_date,
        source_systems=source_systems,
        barred=[name for (name,) in barred.fetchall()],
        unpublished=unpublished_numbers(catalog),
    )
