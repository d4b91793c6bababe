import json

from customer_personas.segmentation import champions


def model(dbt, session):
    dbt.config(materialized="table")
    decision = dbt.ref("segmentation_decision").project(
        "source_systems, as_of_date, can_be_kept, refit_cause, reason_to_keep"
    )
    ((company, as_of_date, can_be_kept, cause, reason_to_keep),) = decision.fetchall()
    before = (
        dbt.ref("champion_before")
        .project("* exclude (newness, as_of_date)")
        .to_arrow_table()
        .to_pylist()
    )
    fits = dbt.ref("segmentation_fits").filter("is_champion").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features").filter("is_as_of")
    catalog = dbt.ref("feature_catalog")
    ever = dbt.source("history", "segmentation_champions").project("persona_ids").fetchall()
    logged = dbt.ref("persona_before")
    builds = (
        dbt.source("history", "persona_builds").project("source_systems, as_of_date").fetchall()
    )
    if cause is None:
        checked_on = before[0]["checked_on"]
        # built again on the day of the fit or of the last look: what was said then holds
        status = before[0]["status"] if checked_on == as_of_date else reason_to_keep
        return champions.keep_champion(before[0], status, checked_on)
    if fits[0]["role"] == "champion":
        status = f"Looked at anew: {cause}. {fits[0]['reason']}"
        return champions.keep_champion(before[0], status, as_of_date)
    living = json.loads(before[0]["persona_ids"]) if before else []
    memberships = logged
    if can_be_kept:
        # the same customers on the same day: what differs is the segmentation alone
        memberships = champions.score_memberships(features, before[0])
    is_look_back = any(whose == company and day > as_of_date for whose, day in builds)
    used = [int(each[1:]) for (listed,) in ever for each in json.loads(listed)]
    return champions.crown(
        fits[0],
        features,
        catalog,
        memberships,
        logged,
        living=living,
        # what is not kept must not take a number that somebody else gets tomorrow
        prefix="L" if is_look_back else "P",
        champion_id=f"S{len(ever) + 1:04}",
        next_persona_number=max(used, default=0) + 1,
        as_of_date=as_of_date,
        source_systems=company,
        cause=cause,
    )
