"""Which labelled rows choose, train and test."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from customer_personas.learning.calibrated_svm import FOLDS
from customer_personas.learning.sampling import customer_hash

# With fewer labels than this a validation part is too small to choose by.
CROSS_VALIDATED_LABELS = 200


@dataclass(frozen=True)
class Plan:
    """Which labelled rows choose, train and test, as SQL conditions.

    Parameters
    ----------
    selection, validation : str or None
        Rows to fit candidates on, and rows to choose among them by; None to cross-validate on the
        training rows instead.
    training, test : str
        Rows to fit the published models on, and rows to judge them by.
    dates : dict
        The dates or parts behind the conditions, for the record.
    note : str
        Why there is no validation part, empty where there is one.
    """

    selection: str | None
    validation: str | None
    training: str
    test: str
    dates: dict[str, Any]
    note: str = ""


def plan_future(
    labelled: duckdb.DuckDBPyRelation, first_date: date | None, horizon_days: int
) -> Plan | str:
    """Plan by dates: no label window that is learnt from reaches into a later part.

    Parameters
    ----------
    labelled : duckdb.DuckDBPyRelation
        Labelled rows of one target, with ``observation_date``.
    first_date : datetime.date or None
        The first observation date there is, labelled or not.
    horizon_days : int
        Length of a label window.

    Returns
    -------
    Plan or str
        The plan, or in words why nothing can be trained.
    """
    horizon = timedelta(days=horizon_days)
    dates = [day for (day,) in labelled.aggregate("observation_date").fetchall()]
    dates.sort()
    if not dates:
        return _first_fit(
            "no observation date has labels (no record says what is to be predicted, or none is "
            "old enough)",
            first_date,
            horizon,
        )
    test_date = dates[-1]
    training = [day for day in dates if day <= test_date - horizon]
    if not training:
        missing = f"no labelled date lies {horizon_days} days before the test date {test_date}"
        return _first_fit(missing, dates[0], horizon)
    validation_date = training[-1]
    selection = [day for day in training if day <= validation_date - horizon]
    listed = {
        "training": [str(day) for day in training],
        "test": [str(test_date)],
    }
    if not selection:
        return Plan(
            None,
            None,
            _on(training),
            _on([test_date]),
            listed,
            f"Chosen by {FOLDS}-fold cross-validation over customers: no labelled observation date "
            f"lies {horizon_days} days before the validation date {validation_date}.",
        )
    return Plan(
        _on(selection),
        _on([validation_date]),
        _on(training),
        _on([test_date]),
        listed
        | {"selection": [str(day) for day in selection], "validation": [str(validation_date)]},
    )


def _first_fit(missing: str, first_date: date | None, horizon: timedelta) -> str:
    """Say which date is missing for a first fit."""
    if first_date is None:
        return f"No training date: {missing}, nor is there any observation date."
    return (
        f"No training date: {missing}. With {first_date} to train on, a test date from "
        f"{first_date + horizon} on is needed, whose label window is complete on "
        f"{first_date + 2 * horizon}."
    )


def _on(days: list[date]) -> str:
    """Give the SQL condition for some observation dates."""
    listed = ", ".join(f"date '{day}'" for day in days)
    return f"observation_date in ({listed})"


def plan_declared(labelled: duckdb.DuckDBPyRelation, seed: int) -> Plan | str:
    """Plan by customers: of five parts three choose, one validates, one tests.

    Parameters
    ----------
    labelled : duckdb.DuckDBPyRelation
        Labelled rows of one target, with ``customer_id``.
    seed : int
        Seed of the parts.

    Returns
    -------
    Plan or str
        The plan, or in words why nothing can be trained.
    """
    ((count,),) = labelled.aggregate("count(*)").fetchall()
    if count == 0:
        return "No customer with a label has features."
    part = f"{customer_hash(seed)} % 5"
    parts = {"training": "customers of parts 0 to 3 of 5", "test": "customers of part 4 of 5"}
    if count < CROSS_VALIDATED_LABELS:
        return Plan(
            None,
            None,
            f"{part} <= 3",
            f"{part} = 4",
            parts,
            f"Chosen by {FOLDS}-fold cross-validation over customers: {count} labels are fewer "
            f"than {CROSS_VALIDATED_LABELS}.",
        )
    more = {"selection": "customers of parts 0 to 2", "validation": "customers of part 3"}
    return Plan(f"{part} <= 2", f"{part} = 3", f"{part} <= 3", f"{part} = 4", parts | more)
