from customer_personas.segmentation.rules.tree import fit_rules


def model(dbt, session):
    dbt.config(materialized="table")
    return fit_rules(
        dbt.ref("customer_features").filter("is_as_of"),
        dbt.ref("customer_persona_scores"),
        dbt.ref("feature_catalog"),
        seed=int(dbt.config.get("random_seed")),
        max_depth=5,
    )
