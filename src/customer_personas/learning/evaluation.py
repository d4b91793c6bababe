"""How good predicted probabilities are, beside those of a model that knows only class shares."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

CALIBRATION_BINS = 10


def evaluate(
    y_true: Sequence[str],
    probabilities: np.ndarray,
    classes: Sequence[str],
    baseline_probabilities: Sequence[float],
) -> list[dict[str, Any]]:
    """Measure predicted probabilities against the true labels.

    A label that is none of `classes` counts as an error: its predicted probability is 0.

    Parameters
    ----------
    y_true : sequence of str
        The true labels.
    probabilities : numpy.ndarray
        One row per label, one column per class.
    classes : sequence of str
        Names of the classes. Of two, the second is the positive one.
    baseline_probabilities : sequence of float
        Share of each class among the training rows, which the baseline predicts for everybody.

    Returns
    -------
    list of dict
        ``metric``, ``value`` and ``baseline_value``; a metric that is undefined on these rows is
        left out.
    """
    if len(y_true) == 0:
        return []
    index = {name: position for position, name in enumerate(classes)}
    y = np.array([index.get(label, len(classes)) for label in y_true])
    baseline = np.tile(np.asarray(baseline_probabilities, dtype=float), (len(y), 1))
    values = _measure(y, np.asarray(probabilities, dtype=float))
    baseline_values = _measure(y, baseline)
    return [
        {"metric": name, "value": float(value), "baseline_value": float(baseline_values[name])}
        for name, value in values.items()
    ]


def _measure(y: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Compute every metric that is defined, for labels given as positions of columns."""
    class_count = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    shown = np.unique(y)
    # A column of zeros stands for labels that the model does not know.
    known = (
        np.column_stack([probabilities, np.zeros(len(y))])
        if y.max() == class_count
        else (probabilities)
    )
    labels = np.arange(known.shape[1])
    values = {
        "accuracy": metrics.accuracy_score(y, predicted),
        # The same as balanced_accuracy_score, without its warning on classes never shown.
        "balanced_accuracy": metrics.recall_score(
            y, predicted, labels=shown, average="macro", zero_division=0
        ),
        "macro_f1": metrics.f1_score(
            y, predicted, labels=np.union1d(shown, predicted), average="macro", zero_division=0
        ),
    }
    areas = [
        metrics.roc_auc_score(y == position, probabilities[:, position])
        for position in (range(class_count) if class_count > 2 else [1])
        if 0 < np.count_nonzero(y == position) < len(y)
    ]
    if areas:
        values["roc_auc"] = np.mean(areas)
    if class_count == 2 and 1 in shown:
        values["average_precision"] = metrics.average_precision_score(y == 1, probabilities[:, 1])
        values["lift_at_10_percent"] = _lift(y == 1, probabilities[:, 1])
    values["log_loss"] = metrics.log_loss(y, known, labels=labels)
    # The sum over the classes, halved for two, so that it is the mean square error of the one.
    values["brier"] = metrics.brier_score_loss(
        y, known, labels=labels, scale_by_half=class_count == 2
    )
    if class_count == 2:
        values["expected_calibration_error"] = _calibration_error(y == 1, probabilities[:, 1])
    else:
        values["expected_calibration_error"] = _calibration_error(
            y == predicted, probabilities.max(axis=1)
        )
    if class_count > 3:
        values["top_3_hit_rate"] = metrics.top_k_accuracy_score(y, known, k=3, labels=labels)
    return values


def _lift(positive: np.ndarray, score: np.ndarray) -> float:
    """Share of positives among the 10 % with the highest scores, over their share among all.

    Where rows tie at the border, each counts with the same weight.
    """
    places = 0.1 * len(score)
    _, index, counts = np.unique(-score, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    weight = np.clip((places - before) / counts, 0, 1)[index]
    return float((weight @ positive) / places / positive.mean())


def _calibration_error(hit: np.ndarray, probability: np.ndarray) -> float:
    """Mean distance between probability and hit rate, over ten bins with equally many rows.

    Rows with the same probability share a bin.
    """
    edges = np.quantile(probability, np.linspace(0, 1, CALIBRATION_BINS + 1)[1:-1])
    bins = np.searchsorted(edges, probability, side="left")
    gaps = np.bincount(bins, weights=probability - hit, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(hit))
