from customer_personas.prediction import scores


def model(dbt, session):
    dbt.config(materialized="table")
    models = dbt.ref("need_fits").filter("is_published").to_arrow_table().to_pylist()
    # the engine finds the two relations below by the names that the SQL gives them
    features = dbt.ref("customer_features").filter("is_as_of")  # noqa: F841
    predictions = dbt.ref("likeliest_needs")  # noqa: F841
    return session.sql(scores.contributions_sql(models))
