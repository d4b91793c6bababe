from customer_personas.learning import segmentation


def model(dbt, session):
    dbt.config(materialized="table")
    dates = dbt.ref("observation_dates")
    ((as_of_date,),) = dates.filter("is_as_of").project("observation_date").fetchall()
    return segmentation.fit_segmentation(
        dbt.ref("customer_features"),
        dbt.ref("feature_catalog"),
        observation_date=as_of_date,
        seed=int(dbt.config.get("random_seed")),
        sample_size=int(dbt.config.get("fit_sample_customers")),
    )
