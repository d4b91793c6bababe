from customer_personas.features.steps import take_steps, unpublished_numbers
from customer_personas.segmentation.continuity import write_persona


def model(dbt, session):
    dbt.config(materialized="table")
    champion = dbt.ref("segmentation_champion").project("scoring_sql, personas")
    ((scoring_sql, personas),) = champion.fetchall()
    # what is told of a customer must not tell the age
    features = take_steps(
        dbt.ref("customer_features").filter("is_as_of"),
        unpublished_numbers(dbt.ref("feature_catalog")),
    )
    return features.query("features", scoring_sql).project(
        f"""
        customer_id,
        {write_persona(personas)} as persona_id,
        distance,
        {write_persona(personas, "second_cluster")} as second_persona_id,
        second_distance,
        confidence,
        cluster,
        second_cluster
        """
    )
