"""Tables beside the metrics: hits by tenth of the customers, by bin of probability, by class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from customer_personas.prediction.evaluation.calibration_error import BINS, equal_bins


def gains(y: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Count who is found in each tenth of the customers, the likeliest first.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.
    classes : sequence of str
        Names of the classes.

    Returns
    -------
    list of dict
        ``class``, ``decile`` (1 = likeliest), ``customers``, ``hits``; ties keep the order of rows.
    """
    rows = []
    for position in _scored_classes(classes):
        order = np.argsort(-probabilities[:, position], kind="stable")
        for number, part in enumerate(np.array_split(order, min(BINS, max(len(order), 1)))):
            hits = int(np.count_nonzero(y[part] == position))
            rows.append(
                {
                    "class": classes[position],
                    "decile": number + 1,
                    "customers": len(part),
                    "hits": hits,
                }
            )
    return rows


def calibration_bins(
    y: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """Hold predicted probabilities against how often they came true.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.
    classes : sequence of str
        Names of the classes.

    Returns
    -------
    list of dict
        ``class``, ``bin`` (1 = least likely), ``customers``, ``hits``, ``mean_probability``.
    """
    rows = []
    for position in _scored_classes(classes):
        chance = probabilities[:, position]
        bins = equal_bins(chance)
        for number, label in enumerate(np.unique(bins)):
            part = bins == label
            rows.append(
                {
                    "class": classes[position],
                    "bin": number + 1,
                    "customers": int(part.sum()),
                    "hits": int(np.count_nonzero(y[part] == position)),
                    "mean_probability": float(chance[part].mean()),
                }
            )
    return rows


def confusion(
    y: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """Count true and predicted classes.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes; -1 for labels the model does not know.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.
    classes : sequence of str
        Names of the classes.

    Returns
    -------
    list of dict
        ``actual``, ``predicted`` and ``customers``, zeros included.
    """
    predicted = probabilities.argmax(axis=1)
    names = [*classes, *(["unknown label"] if (y < 0).any() else [])]
    actual = np.where(y < 0, len(classes), y)
    return [
        {
            "actual": name,
            "predicted": guess,
            "customers": int(np.count_nonzero((actual == row) & (predicted == column))),
        }
        for row, name in enumerate(names)
        for column, guess in enumerate(classes)
    ]


def _scored_classes(classes: Sequence[str]) -> list[int]:
    """Of two classes only the positive one is worth a table."""
    return [1] if len(classes) == 2 else list(range(len(classes)))
