"""Which labelled rows choose, train and test."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

PARTS = 3
FIFTHS = 5
# Candidates are chosen on so many dates at most, and by customers where there are fewer than two.
# Where there are three or more, the oldest one selects the features.
MOST_FOLDS = 6
# What is published is judged again on every second of so many earlier dates: label windows of two
# neighbours overlap, so what lies between tells little more, and costs as much.
NEWEST_EARLIER = 6
LEAST_FOLD_DATES = 2
# How the reason begins where dates are missing.
NO_TRAINING_DATE = "No training date"


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to judge by.

    Parameters
    ----------
    learn, judge : numpy.ndarray
        Masks over the rows; only labelled ones of them count.
    population : numpy.ndarray
        Mask of the rows whose level is to be expected: on a date everybody, labelled or not.
    day : datetime.date or None
        The date that is judged, None where customers are judged whatever the date.
    selection : Split or None
        What features are selected by before a fold learns: nothing that the fold, or one that is
        older, judges by. None for a split that is no fold.
    weight : float
        What a row that judges counts for where folds are pooled.
    """

    learn: np.ndarray
    judge: np.ndarray
    population: np.ndarray
    day: date | None = None
    selection: "Split | None" = None
    weight: float = 1.0


@dataclass(frozen=True)
class Plan:
    """How the rows of a target are used.

    Parameters
    ----------
    folds : list of Split
        What candidates are chosen by. No customer and no label window is on both sides.
    selection : Split
        What the features of the published model are selected by.
    test : Split
        What the published models learn from, and what judges them once.
    earlier : list of Split
        Every second of the newest earlier dates, on which the chosen model is tried again, each
        learnt from dates before it.
    note : str
        What is unusual about the plan, empty for nothing.
    """

    folds: list[Split]
    selection: Split
    test: Split
    earlier: list[Split] = field(default_factory=list)
    note: str = ""


def plan_future(
    days: np.ndarray,
    labelled: np.ndarray,
    parts: np.ndarray,
    fifths: np.ndarray,
    horizon_days: int,
) -> Plan | str:
    """Plan by dates: no label window that is learnt from reaches into the date that is judged.

    Parameters
    ----------
    days : numpy.ndarray
        Observation date of each row, as datetime.date.
    labelled : numpy.ndarray
        Mask of the rows with a label.
    parts : numpy.ndarray
        The part of each row's customer, from 0 to `PARTS` - 1.
    fifths : numpy.ndarray
        The fifth of each row's customer, from 0 to 4.
    horizon_days : int
        Length of a label window.

    Returns
    -------
    Plan or str
        The plan, or in words why nothing can be trained. A fold counts half as much for each
        horizon that its date lies before that of the newest one.
    """
    horizon = timedelta(days=horizon_days)
    labelled_days = sorted(set(days[labelled]))
    if not labelled_days:
        missing = (
            "no observation date has labels (no record says what is to be predicted, or none is "
            "old enough)"
        )
        return _first_fit(missing, min(days, default=None), horizon)
    on_day = np.array(days, dtype="datetime64[D]")

    def split(day: date) -> Split:
        population = on_day == np.datetime64(day)
        learn = labelled & (on_day <= np.datetime64(day - horizon))
        return Split(learn, population & labelled, population, day)

    splits = [split(day) for day in labelled_days]
    test = splits[-1]
    if not test.learn.any():
        missing = f"no labelled date lies {horizon_days} days before the test date {test.day}"
        return _first_fit(missing, labelled_days[0], horizon)
    earlier = [each for each in splits[:-1] if each.learn.any()]
    newest = labelled_days[-1] - horizon
    known = [each for each in earlier if each.day and each.day <= newest][-MOST_FOLDS:]
    earlier = earlier[-NEWEST_EARLIER:][::-2][::-1]
    if len(known) >= LEAST_FOLD_DATES:
        if len(known) > LEAST_FOLD_DATES:
            selection, *judged = known
        else:
            selection, judged = hold_out_part(known[0].learn, parts), known
        folds = [
            Split(
                each.learn & (parts != place % PARTS),
                each.judge & (parts == place % PARTS),
                each.population & (parts == place % PARTS),
                each.day,
                selection,
                0.5 ** ((known[-1].day - each.day) / horizon),
            )
            for place, each in enumerate(judged)
            if each.day and known[-1].day
        ]
        return Plan(folds, known[-1], test, earlier)
    folds = _by_customer(test.learn, parts, fifths)
    note = (
        f"Chosen by {PARTS}-fold cross-validation over customers: fewer than {LEAST_FOLD_DATES} "
        f"labelled dates lie {horizon_days} days before the test date and after an earlier one."
    )
    return Plan(folds, folds[0], test, earlier, note)


def plan_declared(parts: np.ndarray, fifths: np.ndarray) -> Plan | str:
    """Plan by customers: of five parts four train and choose, one tests.

    Parameters
    ----------
    parts : numpy.ndarray
        The part of each row's customer, from 0 to `PARTS` - 1.
    fifths : numpy.ndarray
        The fifth of each row's customer, from 0 to 4.

    Returns
    -------
    Plan or str
        The plan, or in words why nothing can be trained.
    """
    if len(parts) == 0:
        return "No customer with a label has features."
    training = fifths < FIFTHS - 1
    folds = _by_customer(training, parts, fifths)
    return Plan(folds, folds[0], Split(training, ~training, ~training))


def hold_out_part(rows: np.ndarray, parts: np.ndarray) -> Split:
    """Let one part of the customers judge what is learnt from the others, whatever the date.

    Parameters
    ----------
    rows : numpy.ndarray
        Mask of the rows.
    parts : numpy.ndarray
        The part of each row's customer.

    Returns
    -------
    Split
        The rows of the first part judge.
    """
    return Split(rows & (parts > 0), rows & (parts == 0), rows)


def _by_customer(rows: np.ndarray, parts: np.ndarray, fifths: np.ndarray) -> list[Split]:
    """Cross-validate over customers; features are selected among those that a fold learns from."""
    folds = []
    for part in range(PARTS):
        learn, judge = rows & (parts != part), rows & (parts == part)
        selection = Split(learn & (fifths > 0), learn & (fifths == 0), learn)
        folds.append(Split(learn, judge, judge, selection=selection))
    return folds


def _first_fit(missing: str, first_day: date | None, horizon: timedelta) -> str:
    """Say which date is missing for a first fit."""
    if first_day is None:
        return f"{NO_TRAINING_DATE}: {missing}, nor is there any observation date."
    return (
        f"{NO_TRAINING_DATE}: {missing}. With {first_day} to train on, a test date from "
        f"{first_day + horizon} on is needed, whose label window is complete on "
        f"{first_day + 2 * horizon}."
    )
