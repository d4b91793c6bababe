from customer_personas.segmentation import rules


def model(dbt, session):
    dbt.config(materialized="table")
    return rules.fit_rules(
        dbt.ref("customer_features").filter("is_as_of"),
        dbt.ref("customer_persona_scores"),
        dbt.ref("feature_catalog"),
        seed=int(dbt.config.get("random_seed")),
        max_depth=5,
    )
