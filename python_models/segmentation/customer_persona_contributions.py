import json

from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.scoring import contributions_sql
from customer_personas.segmentation.space import Space


def model(dbt, session):
    dbt.config(materialized="table")
    champion = dbt.ref("segmentation_champion").project("role, parameters")
    ((role, parameters),) = champion.fetchall()
    # the engine finds the two relations below by the names that the SQL gives them
    features = dbt.ref("customer_features").filter("is_as_of")  # noqa: F841
    assignments = dbt.ref("customer_persona_scores")  # noqa: F841
    content = json.loads(parameters)
    # what stands in for personas has rules, and no second persona to compare with
    if role == "fallback":
        return session.sql(
            "select customer_id, 1 as reason_rank, '' as feature_name, '' as feature_value, "
            "0e0 as contribution from assignments where false"
        )
    return session.sql(
        contributions_sql(
            Space.from_dict(content["space"]),
            Clustering.from_dict(content["clustering"]),
            "assignments",
        )
    )
