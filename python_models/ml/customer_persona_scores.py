import json


def model(dbt, session):
    dbt.config(materialized="table")
    champion = dbt.ref("segmentation_champion").project("scoring_sql, persona_ids")
    ((scoring_sql, persona_ids),) = champion.fetchall()
    features = dbt.ref("customer_features").filter("is_as_of")
    personas = " ".join(
        f"when {cluster} then '{persona}'"
        for cluster, persona in enumerate(json.loads(persona_ids))
    )
    return features.query("features", scoring_sql).project(
        f"""
        customer_id,
        case cluster {personas} end as persona_id,
        distance,
        case second_cluster {personas} end as second_persona_id,
        second_distance,
        confidence,
        cluster,
        second_cluster
        """
    )
