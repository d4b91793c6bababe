from customer_personas.learning import need_scores


def model(dbt, session):
    dbt.config(materialized="table")
    champions = dbt.ref("need_fits").filter("is_champion").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features").filter("is_as_of")
    return features.query("features", need_scores.champions_sql(champions))
