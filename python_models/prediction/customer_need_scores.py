from customer_personas.prediction import scores


def model(dbt, session):
    dbt.config(materialized="table")
    models = dbt.ref("need_fits").filter("is_published").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features").filter("is_as_of")
    return features.query("features", scores.scores_sql(models))
