"""Champions that are kept: learnt again only where there is a cause, calibrated for every day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import numpy as np

from customer_personas.features.drift import describe_worst, find_drift
from customer_personas.features.refitting import Policy
from customer_personas.features.sampling import sample_customers
from customer_personas.prediction.calibration import correct_prior_shift
from customer_personas.prediction.model_parts.sql import shifted_sql
from customer_personas.prediction.scoring import score_customers

# The prior shift is corrected on so many customers at most.
CALIBRATED_CUSTOMERS = 20_000


def find_cause(
    kept: Sequence[dict[str, Any]],
    customers: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    policy: Policy,
    *,
    settings: str,
    as_of_date: date,
    outcomes: Sequence[dict[str, Any]] = (),
) -> str | None:
    """Find a cause to learn a target, if there is one.

    Parameters
    ----------
    kept : sequence of dict
        Rows of the table of fits that are kept of this target, fitted by `as_of_date`.
    customers : duckdb.DuckDBPyRelation
        The features of the customers to be scored.
    catalog : duckdb.DuckDBPyRelation
        The rows of the feature catalogue that the target may use.
    policy : Policy
        What is a cause.
    settings : str
        What `write_settings` gives for this build.
    as_of_date : datetime.date
        The date of the build.
    outcomes : sequence of dict
        What came of the target's published predictions, as in ``prediction_outcomes_before``.

    Returns
    -------
    str or None
        The cause; None where the kept models stay.
    """
    champion = next((row for row in kept if row["is_published"]), None)
    if champion is None:
        return "nothing learnt before"
    if champion["settings"] != settings:
        return "its settings are others than at the last fit"
    columns = set(customers.columns)
    usable = dict(catalog.project("feature_name, product_category").fetchall())
    judged = {each["feature_name"] for each in champion["feature_selection"]}
    gone = sorted({each["feature"] for each in champion["inputs"]} - columns)
    if gone:
        return f"the feature {gone[0]} of the model in force is gone"
    # a feature may stop being known of past dates; those of categories are not selected one by one
    barred = sorted((judged & set(champion["features"])) - set(usable))
    if barred:
        return f"the feature {barred[0]} of the model in force may not be used any more"
    age = (as_of_date - champion["fitted_on"]).days
    if policy.refit == "always":
        return "the var refit is always"
    if policy.refit == "never":
        return None
    # categories come and go with what is sold
    lasting = {name for name, category in usable.items() if category is None and name in columns}
    if unknown := sorted(lasting - judged):
        return f"the feature {unknown[0]} is new"
    if age == 0:
        return None
    if age >= policy.refit_after_days:
        return f"the model in force was fitted {age} days ago"
    if age < policy.drift_recheck_days:
        return None
    if disappointment := _describe_disappointment(outcomes, champion["fitted_on"]):
        return disappointment
    profiles = champion["feature_profiles"]
    return describe_worst(
        find_drift(customers, profiles, psi=policy.drift_psi, missing=policy.drift_missing)
    )


def _describe_disappointment(outcomes: Sequence[dict[str, Any]], fitted_on: date) -> str | None:
    """Say which published predictions came out worse than promised, judged since the last fit."""
    # of an earlier fit as well: what came of it is newer than what the present one has learnt from
    worse = [
        each
        for each in outcomes
        if each["verdict"] in ("ranked worse", "level off") and each["judged_on"] > fitted_on
    ]
    if not worse:
        return None
    newest = max(worse, key=lambda each: each["as_of_date"])
    said = f"what was published as of {newest['as_of_date']} came out worse than promised"
    if newest["verdict"] == "ranked worse":
        return (
            f"{said} (AUC {newest['roc_auc_low']:.2f} to {newest['roc_auc_high']:.2f}, promised "
            f"{newest['promised_roc_auc_low']:.2f} to {newest['promised_roc_auc_high']:.2f})"
        )
    return (
        f"{said} (a mean probability of {newest['mean_probability']:.0%}, of which "
        f"{newest['happened_share']:.0%} happened)"
    )


def keep_models(
    kept: Sequence[dict[str, Any]],
    customers: duckdb.DuckDBPyRelation,
    shares: np.ndarray | None,
    *,
    as_of_date: date,
    seed: int,
) -> list[dict[str, Any]]:
    """Take kept models into this build, the published one calibrated for its date.

    Parameters
    ----------
    kept : sequence of dict
        Rows of the table of fits.
    customers : duckdb.DuckDBPyRelation
        The features of the customers to be scored.
    shares : numpy.ndarray of shape (classes,) or None
        Expected share of each class among them; None where nothing is expected.
    as_of_date : datetime.date
        The date of the build.
    seed : int
        Seed of the sample that is calibrated on.

    Returns
    -------
    list of dict
        The rows, the same but for prior shift and status.
    """
    rows = []
    for row in kept:
        age = (as_of_date - row["fitted_on"]).days
        status = f"Kept: fitted as of {row['fitted_on']}, no cause to fit anew."
        row = row | {"is_kept": True, "status": status, "test_predictions": []}
        # built again on the day of the fit: what was said then holds
        if row["is_published"] and shares is not None and age > 0 and not row["keeps_priors"]:
            row = _calibrate(row, customers, shares, seed)
        rows.append(row)
    return rows


def _calibrate(
    row: dict[str, Any],
    customers: duckdb.DuckDBPyRelation,
    shares: np.ndarray,
    seed: int,
) -> dict[str, Any]:
    """Correct the prior shift of a model for other customers than those of its fit."""
    classes = row["classes"]
    sample = sample_customers(customers, CALIBRATED_CUSTOMERS, seed)
    # a query of its own: the relation's connection is busy while batches are read
    with duckdb.connect() as connection:
        connection.register("calibrated", sample.to_arrow_table())
        plain = [row | {"explained_by": None}]
        scored = score_customers(connection, "select * from calibrated", plain)
        found = np.concatenate(
            [np.empty(0), *(batch.column("probability").to_numpy() for batch in scored)]
        ).reshape(-1, len(classes))
    more = correct_prior_shift(np.log(np.maximum(found, 1e-12)), shares)
    sql = row["scoring_sql"]
    return row | {
        "prior_shift": (np.array(row["prior_shift"]) + more).tolist(),
        "scoring_sql": shifted_sql(sql, classes, more) if sql else None,
    }
