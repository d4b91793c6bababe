from customer_personas.segmentation.rules.counts import write_counts


def model(dbt, session):
    dbt.config(materialized="table")
    fits = dbt.ref("persona_rule_fits").to_arrow_table()
    # the engine finds the two relations below by the names that the SQL gives them
    features = dbt.ref("customer_features").filter("is_as_of")  # noqa: F841
    memberships = dbt.ref("customer_persona_scores")  # noqa: F841
    return session.sql(write_counts(fits, "features", "memberships"))
