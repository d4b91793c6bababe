"""Whether personas are fitted in a build, and why: by their age, by drift, or by what is gone."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.features.drift import SCHEMA as DRIFT_SCHEMA
from customer_personas.features.drift import describe_worst, find_drift
from customer_personas.segmentation.continuity import score_memberships

SCHEMA = pa.schema(
    [
        ("source_systems", pa.string()),
        ("as_of_date", pa.date32()),
        ("champion_id", pa.string()),
        ("can_be_kept", pa.bool_()),
        ("refit_cause", pa.string()),
        ("reason_to_keep", pa.string()),
        ("feature_drift", pa.list_(pa.struct([*DRIFT_SCHEMA, ("is_drifted", pa.bool_())]))),
        (
            "persona_drift",
            pa.list_(
                pa.struct(
                    [
                        ("persona_id", pa.string()),
                        ("share_at_fit", pa.float64()),
                        ("customer_share", pa.float64()),
                        ("is_drifted", pa.bool_()),
                    ]
                )
            ),
        ),
    ]
)


@dataclass(frozen=True)
class Policy:
    """When personas are looked at anew: the vars of the same names.

    Parameters
    ----------
    refit : str
        ``auto``, ``always``, or ``never`` as long as they can be scored.
    refit_after_days, drift_recheck_days : int
        Days after the last look when age is a cause, and from which on drift is one.
    drift_psi : float
        Population stability index above which a feature has drifted.
    drift_missing : float
        Change of its share of missing values above which it has.
    drift_persona_share : float
        Change of a persona's share of customers above which it has.
    """

    refit: str
    refit_after_days: int
    drift_recheck_days: int
    drift_psi: float
    drift_missing: float
    drift_persona_share: float


def decide(
    features: duckdb.DuckDBPyRelation,
    champion: dict[str, Any] | None,
    policy: Policy,
    *,
    as_of_date: date,
    source_systems: str,
    barred: Collection[str] = (),
) -> pa.Table:
    """Decide whether personas are fitted.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer of today.
    champion : dict or None
        The row of the segmentation in force.
    policy : Policy
        What is a cause.
    as_of_date : datetime.date
        The date of the build.
    source_systems : str
        The active source systems.
    barred : collection of str
        Features that personas may not rest on.

    Returns
    -------
    pyarrow.Table
        One row of `SCHEMA`: refit_cause is null where personas are kept; the drift of features and
        shares is measured from the day after the fit on, where all features are there.
    """
    row: dict[str, Any] = {
        "source_systems": source_systems,
        "as_of_date": as_of_date,
        "can_be_kept": False,
        "feature_drift": [],
        "persona_drift": [],
    }
    if champion is None:
        row["refit_cause"] = "no personas of these source systems from before as_of_date"
        return pa.Table.from_pylist([row], schema=SCHEMA)
    used = set(champion["features"])
    gone = sorted(used - set(features.columns))
    # rules that stand in for personas rest on what they rest on
    forbidden = sorted(used & set(barred)) if champion["role"] != "fallback" else []
    age = (as_of_date - champion["fitted_on"]).days
    if not gone and age > 0:
        row["feature_drift"] = _measure_features(features, champion, policy)
        row["persona_drift"] = _measure_shares(features, champion, policy)
    row |= {
        "champion_id": champion["champion_id"],
        # what is gone cannot be scored, what is barred must not be: then even `never` fits anew
        "can_be_kept": not gone and not forbidden,
        "refit_cause": (
            f"the feature {gone[0]} of the personas in force is gone"
            if gone
            else f"the feature {forbidden[0]} of the personas in force may not be used any more"
            if forbidden
            else _find_cause(row, (as_of_date - champion["checked_on"]).days, policy)
        ),
        "reason_to_keep": f"Kept: fitted as of {champion['fitted_on']}, no cause to fit anew.",
    }
    return pa.Table.from_pylist([row], schema=SCHEMA)


def _find_cause(row: dict[str, Any], unchecked_days: int, policy: Policy) -> str | None:
    """Find the first cause to look at personas that can be kept."""
    if policy.refit == "never":
        return None
    if policy.refit == "always":
        return "the var refit is always"
    if unchecked_days >= policy.refit_after_days:
        return f"the personas in force were looked at {unchecked_days} days ago"
    # drift that personas have withstood is no cause to look at them again every day
    if unchecked_days < policy.drift_recheck_days:
        return None
    if drift := describe_worst(row["feature_drift"]):
        return drift
    personas = [each for each in row["persona_drift"] if each["is_drifted"]]
    if personas:
        worst = min(personas, key=lambda each: (-_find_change(each), each["persona_id"]))
        return (
            f"the share of {worst['persona_id']} went from {round(100 * worst['share_at_fit'], 1)} "
            f"to {round(100 * worst['customer_share'], 1)} %"
        )
    return None


def _measure_features(
    features: duckdb.DuckDBPyRelation, champion: dict[str, Any], policy: Policy
) -> list[dict[str, Any]]:
    """Compare today's customers with those that the champion was fitted on."""
    population = json.loads(champion["parameters"])["space"]["population"]
    return find_drift(
        features.filter(population),
        champion["feature_profiles"],
        psi=policy.drift_psi,
        missing=policy.drift_missing,
    )


def _measure_shares(
    features: duckdb.DuckDBPyRelation, champion: dict[str, Any], policy: Policy
) -> list[dict[str, Any]]:
    """Compare the sizes of the champion's personas with those on the day of the fit."""
    scored = score_memberships(features, champion)
    sizes = dict(scored.aggregate("persona_id, count(*) as members", "persona_id").fetchall())
    total = max(1, sum(sizes.values()))
    found = [
        {
            "persona_id": each["persona_id"],
            "share_at_fit": each["customer_share"],
            "customer_share": sizes.get(each["persona_id"], 0) / total,
        }
        for each in champion["personas"]
    ]
    for each in found:
        each["is_drifted"] = _find_change(each) > policy.drift_persona_share
    return found


def _find_change(shares: dict[str, Any]) -> float:
    return abs(shares["customer_share"] - shares["share_at_fit"])
