from customer_personas.learning import persona_rules


def model(dbt, session):
    dbt.config(materialized="table")
    return persona_rules.fit_rules(
        dbt.ref("customer_features").filter("is_as_of"),
        dbt.ref("customer_persona_scores"),
        dbt.ref("feature_catalog"),
        seed=int(dbt.config.get("random_seed")),
        max_depth=5,
    )
