"""Which models a build put in force, and whether it fitted or kept them."""

import duckdb


def describe_models(
    decision: duckdb.DuckDBPyRelation,
    champion: duckdb.DuckDBPyRelation,
    fits: duckdb.DuckDBPyRelation,
) -> list[str]:
    """Describe the models in force, for people.

    Parameters
    ----------
    decision : duckdb.DuckDBPyRelation
        The model segmentation_decision: as_of_date and refit_cause.
    champion : duckdb.DuckDBPyRelation
        The model segmentation_champion: champion_id and fitted_on.
    fits : duckdb.DuckDBPyRelation
        The model target_fits: target, model_id, algorithm, is_published, reason and status.

    Returns
    -------
    list of str
        The segmentation first, then the published model of each target in order of its name:
        what it is, a colon, and what this build did with it, and why. Targets that nothing could
        be learnt of follow, with the reason.
    """
    ((champion_id, fitted_on),) = champion.project("champion_id, fitted_on").fetchall()
    ((as_of_date, cause),) = decision.project("as_of_date, refit_cause").fetchall()
    if cause is None:
        said = f"Kept: fitted as of {fitted_on}, no cause to fit anew."
    elif fitted_on == as_of_date:
        said = f"Fitted by this build: {cause}."
    else:
        said = f"Kept: fitted as of {fitted_on}, no challenger was better. Looked at anew: {cause}."
    published = fits.filter("is_published").order("target").project("model_id, status")
    missing = fits.filter("algorithm = 'none'").order("target").project("target, reason")
    return [
        f"segmentation {champion_id}: {said}",
        *(f"{model_id}: {status}" for model_id, status in published.fetchall()),
        *(f"no model of {target}: {reason}" for target, reason in missing.fetchall()),
    ]
