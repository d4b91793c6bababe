from customer_personas.warehouse import (
    databases,
    erasures,
    memory,
    models_in_force,
    publishing,
    state,
)


def model(dbt, session):
    dbt.config(materialized="table")
    catalog = dbt.ref("feature_catalog")
    unpublished = catalog.filter("not is_published").project("feature_name").fetchall()
    features = publishing.without_columns(
        dbt.ref("customer_features").filter("is_as_of"), [name for (name,) in unpublished]
    )
    memberships = dbt.ref("audience_memberships")
    published = {
        ("marts", "customers"): dbt.ref("customers"),
        ("marts", "personas"): dbt.ref("personas"),
        ("marts", "persona_traits"): dbt.ref("persona_traits"),
        ("marts", "persona_rules"): dbt.ref("persona_rules"),
        ("marts", "persona_need_drivers"): dbt.ref("persona_need_drivers"),
        ("marts", "persona_typical_members"): dbt.ref("persona_typical_members"),
        ("marts", "persona_memberships"): dbt.ref("persona_memberships"),
        ("marts", "persona_migrations"): dbt.ref("persona_migrations"),
        ("marts", "persona_lifecycle"): dbt.ref("persona_lifecycle"),
        ("marts", "segmentation_candidates"): dbt.ref("segmentation_candidates"),
        ("marts", "product_groups"): dbt.ref("product_groups"),
        ("marts", "customer_needs"): dbt.ref("customer_needs"),
        ("marts", "need_drivers"): dbt.ref("need_drivers"),
        ("marts", "customer_recommendations"): dbt.ref("customer_recommendations"),
        ("marts", "model_evaluations"): dbt.ref("model_evaluations"),
        ("marts", "customer_need_reasons"): dbt.ref("customer_need_reasons"),
        ("marts", "model_comparisons"): dbt.ref("model_comparisons"),
        ("marts", "outlook_evaluations"): dbt.ref("outlook_evaluations"),
        ("marts", "model_gains"): dbt.ref("model_gains"),
        ("marts", "model_calibration"): dbt.ref("model_calibration"),
        ("marts", "model_confusion"): dbt.ref("model_confusion"),
        ("marts", "feature_importances"): dbt.ref("feature_importances"),
        ("marts", "feature_selection"): dbt.ref("feature_selection"),
        ("marts", "crm_audience"): dbt.ref("crm_audience"),
        ("marts", "campaign_results"): dbt.ref("campaign_results"),
        ("marts", "audiences"): dbt.ref("audiences"),
        ("marts", "audience_members"): dbt.ref("audience_members"),
        ("marts", "audience_memberships"): memberships,
        ("marts", "audience_sizes"): dbt.ref("audience_sizes"),
        ("marts", "audience_overlaps"): dbt.ref("audience_overlaps"),
        ("marts", "audience_traits"): dbt.ref("audience_traits"),
        ("marts", "dates"): dbt.ref("dates"),
        ("marts", "customer_months"): dbt.ref("customer_months"),
        ("marts", "cohort_retention"): dbt.ref("cohort_retention"),
        ("marts", "monthly_metrics"): dbt.ref("monthly_metrics"),
        ("monitoring", "metric_history"): dbt.ref("metric_history"),
        ("monitoring", "record_reconciliation"): dbt.ref("record_reconciliation"),
        ("monitoring", "rejected_records"): dbt.ref("rejected_records"),
        ("monitoring", "source_formats"): dbt.ref("source_formats"),
        ("monitoring", "source_coverage"): dbt.ref("source_coverage"),
        ("monitoring", "value_meanings"): dbt.ref("value_meanings"),
        ("monitoring", "cancellations"): dbt.ref("cancellations"),
        ("monitoring", "action_rules"): dbt.ref("action_rules"),
        ("monitoring", "feature_drift"): dbt.ref("feature_drift"),
        ("monitoring", "persona_drift"): dbt.ref("persona_drift"),
        ("monitoring", "prediction_outcomes"): dbt.ref("prediction_outcomes"),
        ("monitoring", "prediction_outcomes_by_bin"): dbt.ref("prediction_outcomes_by_bin"),
        ("monitoring", "exports"): dbt.ref("exports"),
        ("features", "customer_features"): features,
        ("features", "feature_catalog"): catalog,
    }
    descriptions = catalog.project("feature_name, description || ' (' || unit || ')'")
    champion = dbt.ref("segmentation_champion")
    decision = dbt.ref("segmentation_decision")
    ((company, as_of_date),) = decision.project("source_systems, as_of_date").fetchall()
    fits = dbt.ref("target_fits")
    today = f"date '{as_of_date}'"
    remembered = {
        "segmentation_champions": champion.project("* exclude (source_systems)"),
        "segmentation_candidates": dbt.ref("segmentation_candidates_latest"),
        "persona_names": dbt.ref("persona_names").project(
            "persona_id, persona_name, persona_description, named_on"
        ),
        "persona_changes": dbt.ref("persona_changes_today"),
        "persona_builds": decision.project("as_of_date"),
        "quarantined_records": dbt.ref("quarantined_records").aggregate(
            "source_system, entity, record_hash, min(first_seen_on) as first_seen_on"
        ),
        "holdout_salts": dbt.ref("int_holdout").project("salt").distinct(),
        "audience_changes": memberships.filter(f"valid_from = {today}")
        .project("audience, customer_id, valid_from as as_of_date, true as is_member")
        .union(
            memberships.filter(f"valid_to = {today}").project(
                "audience, customer_id, valid_to as as_of_date, false as is_member"
            )
        ),
        "audience_sizes": dbt.ref("audience_sizes").filter(f"as_of_date = {today}"),
        "metric_history": dbt.ref("metric_history").filter(f"as_of_date = {today}"),
        "target_fits": fits.filter("not is_kept").project(
            "* exclude (is_kept, status, test_predictions)"
        ),
        "persona_evaluations": dbt.ref("persona_evaluations").filter(
            "model_id in (select model_id from ml.target_fits where not is_kept)"
        ),
        "prediction_outcomes": dbt.ref("prediction_outcomes_known").project("* exclude (verdict)"),
        "published_predictions": dbt.ref("published_predictions_today"),
    }
    folder = databases.publish_folder()
    if not dbt.config.get("replace_published"):
        publishing.refuse_other_company(folder, company)
    # first the state: a published persona has to be known tomorrow
    kept = state.keep(
        session.cursor(),
        company,
        {name: relation.sql_query() for name, relation in remembered.items()},
    )
    met = dbt.ref("erasures_met").sql_query()
    erasures.write_log(folder, erasures.keep_met(session.cursor(), met))
    if not kept:
        print("          a look back: the state database knows later builds, and stays as it was")
    if peak := memory.peak_gigabytes():
        print(f"          most memory so far: {peak:.1f} GB")
    return publishing.publish(
        session.cursor(),
        folder,
        {name: relation.sql_query() for name, relation in published.items()},
        feature_descriptions=dict(descriptions.fetchall()),
        facts={
            "as_of_date": str(as_of_date),
            "source_systems": company,
            "minimum_cell": int(dbt.config.get("minimum_cell")),
            "models": models_in_force.describe_models(decision, champion, fits),
        },
        keep=int(dbt.config.get("published_versions_kept")),
    )
