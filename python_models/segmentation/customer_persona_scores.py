from customer_personas.segmentation.champions import persona_sql


def model(dbt, session):
    dbt.config(materialized="table")
    champion = dbt.ref("segmentation_champion").project("scoring_sql, persona_ids")
    ((scoring_sql, persona_ids),) = champion.fetchall()
    features = dbt.ref("customer_features").filter("is_as_of")
    return features.query("features", scoring_sql).project(
        f"""
        customer_id,
        {persona_sql(persona_ids)} as persona_id,
        distance,
        {persona_sql(persona_ids, "second_cluster")} as second_persona_id,
        second_distance,
        confidence,
        cluster,
        second_cluster
        """
    )
