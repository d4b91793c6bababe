def model(dbt, session):
    dbt.config(materialized="table")
    champion = dbt.ref("segmentation_champions").filter("is_in_force")
    ((scoring_sql, first_number),) = champion.project(
        "scoring_sql, first_persona_number"
    ).fetchall()
    features = dbt.ref("customer_features").filter("is_as_of")
    return features.query("features", scoring_sql).project(
        f"""
        customer_id,
        'P' || lpad(cast({first_number} + cluster as varchar), 3, '0') as persona_id,
        distance,
        'P' || lpad(cast({first_number} + second_cluster as varchar), 3, '0') as second_persona_id,
        second_distance,
        confidence
        """
    )
