"""Which labels are classes of their own, and which are folded into ``other``."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from customer_personas.prediction.model_parts.interface import Kind

OTHER = "other"
# A category that hardly anybody buys next is no class; a declared need is, if it can be learnt.
RARE_CLASS_SHARE = {"future": 0.01, "declared": 0.0, "response": 0.0}
RARE_CLASS_ROWS = 20
MOST_CLASSES = 30
# So many customers must show a class, or some fold could not learn it.
LEAST_CUSTOMERS = 3
# Of contacts so many have to be answered, and so many not: with fewer the area under a curve has a
# standard error of 0.04 and more, and nothing could be shown to be better.
LEAST_ANSWERS = 50


def choose_classes(labels: np.ndarray, kind: Kind) -> tuple[list[str], str]:
    """Give the classes that can be learnt, by name, and say what became of the others.

    Of more than two labels, those with fewer than 20 rows (about the future also those with fewer
    than 1 % of them), and all but the 30 most frequent, are folded into ``other``; where that is
    still too rare, they are left out.

    Parameters
    ----------
    labels : numpy.ndarray
        The labels of the training rows.
    kind : Kind
        The kind of the target.

    Returns
    -------
    classes : list of str
        Names of the classes.
    note : str
        What was folded or left out, empty for nothing.
    """
    counts = pd.Series(labels).value_counts()
    counts = counts.loc[sorted(counts.index, key=lambda name: (-counts[name], name))]
    if len(counts) <= 2:
        return sorted(counts.index), ""
    share = RARE_CLASS_SHARE[kind]
    least = max(RARE_CLASS_ROWS, share * len(labels))
    frequent = [name for name in counts.index[counts >= least] if name != OTHER][:MOST_CLASSES]
    folded = sorted(set(counts.index) - set(frequent) - {OTHER})
    rest = int(counts[counts.index.difference(frequent)].sum())
    if not folded and OTHER not in counts:
        return sorted(frequent), ""
    rare = (
        f"with fewer than {RARE_CLASS_ROWS} training rows"
        f"{f' or {share:.0%} of them' if share else ''}, "
        f"or beyond the {MOST_CLASSES} most frequent"
    )
    named = ", ".join(folded[:10]) + (f" and {len(folded) - 10} more" if len(folded) > 10 else "")
    if rest < RARE_CLASS_ROWS:
        return sorted(frequent), f"Left out of the training, {rare}: {named}."
    note = f"Folded into '{OTHER}', {rare}: {named}." if folded else ""
    return sorted([*frequent, OTHER]), note


def positions(labels: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Give each label's position among the classes.

    Parameters
    ----------
    labels : numpy.ndarray
        Labels; those that are no class count as ``other`` where there is such a class.
    classes : sequence of str
        Names of the classes.

    Returns
    -------
    numpy.ndarray
        Integers; -1 for a label without a class.
    """
    index = {name: position for position, name in enumerate(classes)}
    rest = index.get(OTHER, -1)
    return np.array([index.get(label, rest) for label in labels], dtype=int)


def obstacle(
    y: np.ndarray, customers: np.ndarray, classes: Sequence[str], kind: Kind = "future"
) -> str:
    """Say why these rows cannot be learnt from, empty if they can.

    Parameters
    ----------
    y : numpy.ndarray
        Positions of the classes, -1 for none.
    customers : numpy.ndarray
        The customer of each row.
    classes : sequence of str
        Names of the classes.
    kind : Kind
        The kind of the target.

    Returns
    -------
    str
        The obstacle in words.
    """
    if len(classes) == 0:
        return "No training rows."
    if len(classes) == 1:
        return f"All training rows have one class: {classes[0]}."
    counts = np.bincount(y[y >= 0], minlength=len(classes))
    if kind == "response" and counts.min() < LEAST_ANSWERS:
        # how many there are may be a count of few
        return (
            f"Too few answers: of the contacts to learn from fewer than {LEAST_ANSWERS} are "
            f"'{classes[int(counts.argmin())]}'."
        )
    shown = pd.Series(customers[y >= 0]).groupby(y[y >= 0]).nunique()
    for position, name in enumerate(classes):
        if shown.get(position, 0) < LEAST_CUSTOMERS:
            # how many there are is a count of few
            return (
                f"The class '{name}' has fewer than {LEAST_CUSTOMERS} customers in the training "
                "rows; so many are needed."
            )
    return ""
