from customer_personas.features.steps import take_steps, unpublished_numbers
from customer_personas.segmentation.challenge import read_champion
from customer_personas.segmentation.scoring import write_contributions


def model(dbt, session):
    dbt.config(materialized="table")
    (row,) = dbt.ref("segmentation_champion").to_arrow_table().to_pylist()
    # the engine finds the two relations below by the names that the SQL gives them
    features = take_steps(  # noqa: F841
        dbt.ref("customer_features").filter("is_as_of"),
        unpublished_numbers(dbt.ref("feature_catalog")),
    )
    assignments = dbt.ref("customer_persona_scores")  # noqa: F841
    champion = read_champion(row)
    # what stands in for personas has rules, and no centres
    if champion is None:
        return session.sql(
            "select customer_id, 1 as reason_rank, '' as feature_name, '' as feature_value, "
            "0e0 as contribution from assignments where false"
        )
    return session.sql(write_contributions(champion.space, champion.clustering, "assignments"))
