from customer_personas.segmentation import traits


def model(dbt, session):
    dbt.config(materialized="table")
    members = dbt.ref("audience_members").project("audience, customer_id")
    customers = dbt.ref("customers").project("customer_id").set_alias("customers")
    # members of each audience and all others, so that together they are everybody
    everybody = members.project("audience").distinct().set_alias("audiences").cross(customers)
    sides = (
        everybody.set_alias("everybody")
        .join(
            members.set_alias("members"),
            "everybody.audience = members.audience and everybody.customer_id = members.customer_id",
            how="left",
        )
        .project(
            "everybody.customer_id, everybody.audience || "
            "case when members.customer_id is null then ' (others)' else '' end as persona_id"
        )
    )
    return traits.measure_traits(
        dbt.ref("customer_features").filter("is_as_of"),
        sides,
        dbt.ref("feature_catalog").filter(
            "is_published and (in_segmentation or in_classification)"
        ),
    )
