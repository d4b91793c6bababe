from customer_personas.segmentation import traits


def model(dbt, session):
    dbt.config(materialized="table")
    return traits.measure_traits(
        dbt.ref("customer_features").filter("is_as_of"),
        dbt.ref("customer_persona_scores"),
        dbt.ref("feature_catalog").filter("in_segmentation or in_classification"),
    )
