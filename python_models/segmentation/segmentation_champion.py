from customer_personas.features.steps import unpublished_numbers
from customer_personas.segmentation import continuity


def model(dbt, session):
    dbt.config(materialized="table")
    (decision,) = dbt.ref("segmentation_decision").to_arrow_table().to_pylist()
    before = next(iter(dbt.ref("champion_before").to_arrow_table().to_pylist()), None)
    fits = dbt.ref("segmentation_fits").filter("is_champion").to_arrow_table().to_pylist()
    features = dbt.ref("customer_features").filter("is_as_of")
    catalog = dbt.ref("feature_catalog")
    # of all dates: no number is used twice, whatever is looked back on
    ever = dbt.ref("stg_state__segmentation_champions").project("personas").fetchall()
    builds = dbt.ref("stg_state__persona_builds").project("as_of_date").fetchall()
    logged = dbt.ref("persona_before")
    as_of_date, cause = decision["as_of_date"], decision["refit_cause"]
    settings = decision["settings"]
    if cause is None:
        checked_on = before["checked_on"]
        # built again on the day of the fit or of the last look: what was said then holds, unless a
        # later day has said since that nothing happened
        is_said = checked_on == as_of_date and not before["status"].startswith("Kept: ")
        status = before["status"] if is_said else decision["reason_to_keep"]
        return continuity.keep_champion(before, status, before["settings"] or settings, checked_on)
    if fits[0]["role"] == "champion":
        status = f"Kept, looked at anew as of {as_of_date}: {cause}. {fits[0]['reason']}"
        return continuity.keep_champion(before, status, settings, as_of_date)
    memberships = logged
    if decision["can_be_kept"]:
        # the same customers on the same day: what differs is the segmentation alone
        memberships = continuity.score_memberships(features, before, unpublished_numbers(catalog))
    numbers = [int(each["persona_id"][1:]) for (personas,) in ever for each in personas]
    return continuity.crown_champion(
        fits[0],
        features,
        catalog,
        memberships,
        logged,
        living=[each["persona_id"] for each in before["personas"]] if before else [],
        # what is not kept must not take a number that somebody else gets tomorrow
        prefix="L" if any(day > as_of_date for (day,) in builds) else "P",
        champion_id=f"S{len(ever) + 1:04}",
        next_persona_number=max(numbers, default=0) + 1,
        as_of_date=as_of_date,
        source_systems=decision["source_systems"],
        settings=settings,
        cause=cause,
    )
