from customer_personas import publishing


def model(dbt, session):
    dbt.config(materialized="table")
    published = {
        ("marts", "customers"): dbt.ref("customers"),
        ("marts", "personas"): dbt.ref("personas"),
        ("marts", "persona_traits"): dbt.ref("persona_traits"),
        ("marts", "persona_rules"): dbt.ref("persona_rules"),
        ("marts", "customer_needs"): dbt.ref("customer_needs"),
        ("marts", "model_evaluations"): dbt.ref("model_evaluations"),
        ("marts", "crm_audience"): dbt.ref("crm_audience"),
        ("monitoring", "record_reconciliation"): dbt.ref("record_reconciliation"),
        ("monitoring", "rejected_records"): dbt.ref("rejected_records"),
        ("monitoring", "source_formats"): dbt.ref("source_formats"),
        ("monitoring", "source_coverage"): dbt.ref("source_coverage"),
        ("features", "customer_features"): dbt.ref("customer_features").filter("is_as_of"),
        ("features", "feature_catalog"): dbt.ref("feature_catalog"),
    }
    catalog = dbt.ref("feature_catalog")
    descriptions = catalog.project("feature_name, description || ' (' || unit || ')'")
    return publishing.publish(
        session.cursor(),
        publishing.publish_folder(),
        {name: relation.sql_query() for name, relation in published.items()},
        feature_descriptions=dict(descriptions.fetchall()),
        keep=int(dbt.config.get("published_versions_kept")),
    )
