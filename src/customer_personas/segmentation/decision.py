"""Whether personas are fitted in a build, and why: by their age, by drift, or by what is gone."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.features.drift import SCHEMA as DRIFT_SCHEMA
from customer_personas.features.drift import describe_worst, find_drift
from customer_personas.features.refitting import Policy, write_settings
from customer_personas.segmentation.continuity import score_memberships

SCHEMA = pa.schema(
    [
        ("source_systems", pa.string()),
        ("as_of_date", pa.date32()),
        ("champion_id", pa.string()),
        ("can_be_kept", pa.bool_()),
        ("can_be_chosen", pa.bool_()),
        ("settings", pa.string()),
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


def write_persona_settings(feature_sets: duckdb.DuckDBPyRelation, *, fewest: int, most: int) -> str:
    """Write down what decides on what personas may be.

    Parameters
    ----------
    feature_sets : duckdb.DuckDBPyRelation
        feature_set and family, the seed segmentation_feature_sets.
    fewest, most : int
        The vars personas_min and personas_max.

    Returns
    -------
    str
        The same for the same settings.
    """
    families: dict[str, list[str]] = {}
    for name, family in sorted(feature_sets.project("feature_set, family").fetchall()):
        families.setdefault(name, []).append(family)
    return write_settings({"personas_min": fewest, "personas_max": most, "feature_sets": families})


def decide(
    features: duckdb.DuckDBPyRelation,
    champion: dict[str, Any] | None,
    policy: Policy,
    *,
    drift_persona_share: float,
    settings: str,
    as_of_date: date,
    source_systems: str,
    barred: Collection[str] = (),
    unpublished: Collection[str] = (),
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
    drift_persona_share : float
        Change of a persona's share of customers above which it has drifted.
    settings : str
        What `write_persona_settings` gives for this build.
    as_of_date : datetime.date
        The date of the build.
    source_systems : str
        The active source systems.
    barred : collection of str
        Features that personas may not rest on.
    unpublished : collection of str
        Numbers that are published of nobody, of which scores know the step only.

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
        "can_be_chosen": False,
        "settings": settings,
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
        row["persona_drift"] = _measure_shares(
            score_memberships(features, champion, unpublished), champion, drift_persona_share
        )
    # what is gone cannot be scored, what is barred must not be: then even `never` fits anew
    can_be_kept = not gone and not forbidden
    row |= {
        "champion_id": champion["champion_id"],
        "can_be_kept": can_be_kept,
        "can_be_chosen": can_be_kept and _is_allowed(champion, settings),
        "refit_cause": (
            f"the feature {gone[0]} of the personas in force is gone"
            if gone
            else f"the feature {forbidden[0]} of the personas in force may not be used any more"
            if forbidden
            else _find_cause(row, champion, (as_of_date - champion["checked_on"]).days, policy)
        ),
        "reason_to_keep": f"Kept: fitted as of {champion['fitted_on']}, no cause to fit anew.",
    }
    return pa.Table.from_pylist([row], schema=SCHEMA)


def _is_allowed(champion: dict[str, Any], settings: str) -> bool:
    """Tell whether the personas in force could be found with the settings of this build."""
    # of a released state it is not known what they were fitted with
    if champion["settings"] in (None, settings):
        return True
    now, then = json.loads(settings), json.loads(champion["settings"])
    name = champion["feature_set"]
    bounds = ("personas_min", "personas_max")
    # there may be fewer than the least where nothing else held
    has_new_bounds = [now[each] for each in bounds] != [then[each] for each in bounds]
    is_within = now["personas_min"] <= champion["cluster_count"] <= now["personas_max"]
    has_same_features = now["feature_sets"].get(name) == then["feature_sets"].get(name)
    return has_same_features and (is_within or not has_new_bounds)


def _find_change_of_settings(then: str | None, now: str) -> str | None:
    """Name the settings that differ; none where those of the fit are not known."""
    if then in (None, now):
        return None
    before, after = json.loads(then or "{}"), json.loads(now)
    names = {"feature_sets": "the seed segmentation_feature_sets"}
    changed = [
        names.get(name, f"the var {name}") for name in after if before.get(name) != after[name]
    ]
    return f"{' and '.join(changed)} changed since the last look"


def _find_cause(
    row: dict[str, Any], champion: dict[str, Any], unchecked_days: int, policy: Policy
) -> str | None:
    """Find the first cause to look at personas that can be kept."""
    if policy.refit == "never":
        return None
    if policy.refit == "always":
        return "the var refit is always"
    if changed := _find_change_of_settings(champion["settings"], row["settings"]):
        return changed
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
    scored: duckdb.DuckDBPyRelation, champion: dict[str, Any], drift_persona_share: float
) -> list[dict[str, Any]]:
    """Compare the sizes of the champion's personas with those on the day of the fit."""
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
        each["is_drifted"] = _find_change(each) > drift_persona_share
    return found


def _find_change(shares: dict[str, Any]) -> float:
    return abs(shares["customer_share"] - shares["share_at_fit"])
