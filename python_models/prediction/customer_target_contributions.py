from customer_personas.prediction.scoring import reasons_sql


def model(dbt, session):
    dbt.config(materialized="table")
    # the engine finds the two relations by the names that the query gives them
    features = dbt.ref("customer_features").filter("is_as_of")  # noqa: F841
    scores = dbt.ref("customer_target_scores")
    names = scores.project("unnest(reasons, recursive := true)").project("feature_name")
    return session.sql(reasons_sql(sorted(name for (name,) in names.distinct().fetchall())))
