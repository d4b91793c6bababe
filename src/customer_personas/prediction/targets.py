"""All targets of a build: learnt where there is a cause, kept from an earlier build otherwise."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.features.drift import profile_features
from customer_personas.features.refitting import Policy, write_settings
from customer_personas.prediction import fits_table
from customer_personas.prediction.data.splits import NO_TRAINING_DATE
from customer_personas.prediction.keeping import find_cause, keep_models
from customer_personas.prediction.model_parts.interface import Kind
from customer_personas.prediction.pipeline import (
    fit_target,
    read_expected_shares,
    usable_features,
)

# How the names of targets begin that are made of contacts: the macro response_target.
RESPONSE = "response:"


def describe_history(
    features: duckdb.DuckDBPyRelation,
    *,
    horizon_days: int,
    step_days: int,
    minimum_history_days: int,
) -> str:
    """Say how much history there is, and how much a target about the future needs.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date; ``is_as_of`` marks the customers to be scored.
    horizon_days : int
        Length of a label window.
    step_days : int
        Days between two dates that are learnt from.
    minimum_history_days : int
        Days of orders before the first of them.

    Returns
    -------
    str
        A sentence; empty where no order is known.
    """
    if "days_since_first_order" not in features.columns:
        return ""
    ((days,),) = features.filter("is_as_of").aggregate("max(days_since_first_order)").fetchall()
    if days is None:
        return ""
    steps = -(-horizon_days // step_days)
    least = minimum_history_days + steps * step_days + horizon_days
    return (
        f"Orders reach back {days:.0f} days; {least} to {least + step_days - 1} are needed: "
        f"{minimum_history_days} before the first date (var minimum_history_days), then two "
        f"windows of {horizon_days} (var horizon_days) on a grid of {step_days}."
    )


def list_targets(labels: duckdb.DuckDBPyRelation, targets: Mapping[str, Kind]) -> dict[str, Kind]:
    """List the targets, with those that only the records name: of declared needs, of campaigns.

    Parameters
    ----------
    labels : duckdb.DuckDBPyRelation
        The labels of all targets.
    targets : mapping
        Kind of each target that the project names.

    Returns
    -------
    dict
        Kind of each target by its name, those of the project first.
    """
    named = labels.project("target").distinct().order("target").fetchall()
    kinds: dict[str, Kind] = {
        name: "response" if name.startswith(RESPONSE) else "declared" for (name,) in named
    }
    return dict(targets) | {name: kind for name, kind in kinds.items() if name not in targets}


def find_cause_in_version(kept: Sequence[dict[str, Any]]) -> str | None:
    """Say what a model of declared labels lacks that an earlier version of the project fitted.

    Parameters
    ----------
    kept : sequence of dict
        Rows of the table of fits that are kept of the target.

    Returns
    -------
    str or None
        The cause to learn it again; None where it lacks nothing.
    """
    if any(row["held_out_models"] is None for row in kept):
        return "the model in force is of a version that withheld no suspicious feature"
    for row in kept:
        shifts = [any(each["prior_shift"]) for each in row["held_out_models"]]
        if shifts and any(row["prior_shift"]) and not any(shifts):
            return "the model in force is of a version that met no class shares out of fold"
    return None


def learn_targets(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    outlook: duckdb.DuckDBPyRelation,
    kept: Sequence[dict[str, Any]],
    *,
    targets: Mapping[str, Kind],
    settings: Mapping[str, Any],
    policy: Policy,
    as_of_date: date,
    outcomes: Sequence[dict[str, Any]] = (),
    history: str = "",
    say: Callable[[str], None] = lambda line: None,
) -> pa.Table:
    """Learn each target, or keep what was learnt of it.

    Parameters
    ----------
    features, labels, catalog, outlook : duckdb.DuckDBPyRelation
        As for `fit_target`.
    kept : sequence of dict
        Rows of the table of fits that are kept of earlier builds.
    targets : mapping
        Kind of each target by its name; what else has labels is a declared one.
    settings : mapping
        The further arguments of `fit_target`.
    policy : Policy
        What is a cause to learn again.
    as_of_date : datetime.date
        The date of the build.
    outcomes : sequence of dict
        What came of predictions that were published: rows of ``prediction_outcomes_before``.
    history : str
        How much history there is and how much is needed, for a target that has too little.
    say : callable
        Takes a line about the progress.

    Returns
    -------
    pyarrow.Table
        One row per target and model, as `fits_table.SCHEMA` says.
    """
    customers = features.filter("is_as_of")
    rows: list[dict[str, Any]] = []
    for target, kind in list_targets(labels, targets).items():
        own = [row for row in kept if row["target"] == target]
        text = write_settings({**settings, "kind": kind})
        cause = find_cause(
            own,
            customers,
            usable_features(catalog, kind),
            policy,
            settings=text,
            as_of_date=as_of_date,
            outcomes=[row for row in outcomes if row["target"] == target],
        )
        if cause is None and policy.refit != "never" and kind == "declared":
            cause = find_cause_in_version(own)
        if cause is None:
            say(f"{target}: kept")
            shares = None
            if kind == "future":
                classes = next(row["classes"] for row in own if row["is_published"])
                shares = read_expected_shares(outlook, target, classes).get(as_of_date)
            seed = int(settings["seed"])
            rows += keep_models(own, customers, shares, as_of_date=as_of_date, seed=seed)
            continue
        fitted = fit_target(
            features, labels, catalog, outlook, target=target, kind=kind, say=say, **settings
        )
        for row in fitted.table.to_pylist():
            if row["algorithm"] == "none":
                if row["reason"].startswith(NO_TRAINING_DATE):
                    row["reason"] = f"{row['reason']} {history}".strip()
                say(f"{target}: no model. {row['reason']}")
            if row["is_published"]:
                names = sorted(set(row["features"]))
                row["feature_profiles"] = profile_features(customers, catalog, names)
            rows.append(
                row
                | {
                    "fitted_on": as_of_date,
                    "settings": text,
                    "is_kept": False,
                    "status": f"Fitted by this build: {cause}.",
                }
            )
    return fits_table.write(rows)
