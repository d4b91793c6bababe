"""Keeps the segmentation in force over builds, so that a persona means the same tomorrow."""

import json
from datetime import date
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("champion_id", pa.string()),
        ("fitted_on", pa.date32()),
        ("source_systems", pa.string()),
        ("first_persona_number", pa.int32()),
        ("cluster_count", pa.int32()),
        ("model_id", pa.string()),
        ("algorithm", pa.string()),
        ("hyper_parameters", pa.string()),
        ("metrics", pa.string()),
        ("features", pa.string()),
        ("parameters", pa.string()),
        ("scoring_sql", pa.string()),
        ("is_in_force", pa.bool_()),
        ("reason", pa.string()),
    ]
)

POLICIES = ("auto", "always", "never")
_FROM_FIT = (
    "model_id",
    "algorithm",
    "hyper_parameters",
    "metrics",
    "features",
    "parameters",
    "scoring_sql",
)


def carry_forward(
    earlier: list[dict[str, Any]],
    candidates: list[dict[str, Any]],
    *,
    as_of_date: date,
    source_systems: str,
    columns: list[str],
    policy: str,
    refit_after_days: int,
) -> pa.Table:
    """Keep the champion in force, or put the newly fitted one in its place.

    Parameters
    ----------
    earlier : list of dict
        Rows of the champion table as the last build left it; empty at the first build.
    candidates : list of dict
        Rows of the segmentation fit of this build; exactly one has ``is_champion``.
    as_of_date : datetime.date
        The date that customers are scored for.
    source_systems : str
        The active source systems, as JSON: personas of one company say nothing about another.
    columns : list of str
        Columns of customer_features in this build.
    policy : {'auto', 'always', 'never'}
        When to refit, the var ``refit``.
    refit_after_days : int
        Age in days from which ``auto`` refits.

    Returns
    -------
    pyarrow.Table
        All champions ever, oldest first, one of them in force, with the reason in words. Persona
        numbers are never used twice: a new champion's personas continue the count.

    Raises
    ------
    ValueError
        If the policy is unknown.
    """
    if policy not in POLICIES:
        raise ValueError(
            f"The var refit is '{policy}', but can only be one of: {', '.join(POLICIES)}."
        )
    systems = _systems(source_systems)
    usable = [row for row in earlier if _systems(row["source_systems"]) == systems]
    # a champion fitted after as_of_date knows what nobody knew then
    current = max(
        (row for row in usable if row["fitted_on"] <= as_of_date),
        key=lambda row: (row["fitted_on"], row["first_persona_number"]),
        default=None,
    )
    cause = _cause_of_refit(current, as_of_date, columns, policy, refit_after_days)
    if cause is None:
        age = (as_of_date - current["fitted_on"]).days
        chosen = current | {"reason": f"Kept: {age} days old, all its features are there."}
    else:
        chosen = _promote(earlier, candidates, current, as_of_date, source_systems, cause)
    others = [row for row in earlier if row["champion_id"] != chosen["champion_id"]]
    rows = [row | {"is_in_force": False} for row in others] + [chosen | {"is_in_force": True}]
    rows.sort(key=lambda row: row["champion_id"])
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _systems(source_systems: str) -> dict[str, list[str]]:
    """Read the source systems so that the order in which entities are listed does not matter."""
    listed = json.loads(source_systems).items()
    return {system: sorted(entities or []) for system, entities in listed}


def _cause_of_refit(current, as_of_date, columns, policy, refit_after_days) -> str | None:
    if current is None:
        return "no earlier champion of these source systems from before as_of_date"
    gone = [name for name in json.loads(current["features"]) if name not in columns]
    if gone:
        return f"the feature {gone[0]} of the earlier champion is gone"
    if policy == "always":
        return "the var refit is always"
    age = (as_of_date - current["fitted_on"]).days
    if policy == "auto" and age >= refit_after_days:
        return f"the earlier champion is {age} days old"
    return None


def _promote(earlier, candidates, current, as_of_date, source_systems, cause) -> dict[str, Any]:
    fit = next(row for row in candidates if row["is_champion"])
    cluster_count = json.loads(fit["hyper_parameters"])["n_clusters"]
    if current is not None and current["scoring_sql"] == fit["scoring_sql"]:
        # the same segmentation once more: its personas are the same ones
        champion_id, first = current["champion_id"], current["first_persona_number"]
    else:
        champion_id = f"S{len(earlier) + 1:04d}"
        first = 1 + sum(row["cluster_count"] for row in earlier)
    return {name: fit[name] for name in _FROM_FIT} | {
        "champion_id": champion_id,
        "fitted_on": as_of_date,
        "source_systems": source_systems,
        "first_persona_number": first,
        "cluster_count": cluster_count,
        "reason": f"Fitted anew: {cause}. {fit['reason']}",
    }
