from customer_personas.segmentation import candidates, fits


def model(dbt, session):
    dbt.config(materialized="table")
    decision = dbt.ref("segmentation_decision").project("as_of_date, can_be_chosen, refit_cause")
    ((as_of_date, can_be_chosen, cause),) = decision.fetchall()
    before = dbt.ref("champion_before").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features")
    catalog = dbt.ref("feature_catalog")
    feature_sets = dbt.ref("segmentation_feature_sets")
    rfm_rules = dbt.ref("rfm_segments")
    later_purchases = dbt.ref("later_purchases")
    if cause is None:
        return candidates.SCHEMA.empty_table()
    return fits.fit_personas(
        features,
        catalog,
        feature_sets,
        rfm_rules,
        later_purchases,
        champion=before[0] if can_be_chosen else None,
        observation_date=as_of_date,
        seed=int(dbt.config.get("random_seed")),
        fewest=int(dbt.config.get("personas_min")),
        most=int(dbt.config.get("personas_max")),
        margin=float(dbt.config.get("challenger_margin")),
        sample_size=int(dbt.config.get("fit_sample_customers")),
        progress=lambda line: print(f"          personas: {line}", flush=True),
    )
