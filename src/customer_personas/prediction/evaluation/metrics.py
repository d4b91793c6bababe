"""How good predicted probabilities are, for the rows themselves and all resamples of them at once.

scikit-learn has the same metrics for one set of weights at a time.
"""

import math

import numpy as np
from scipy.special import ndtr, stdtrit

from customer_personas.prediction.evaluation.resamples import Resamples

OUTSIDE = 0.025
TOP_SHARE = 0.1
# Rows are ranked by so many levels of their score at most: what is lost within one is far below
# the last figure that is shown.
RANKED_LEVELS = 2_000
# Metrics of which less is better.
LOSSES = (
    "log_loss",
    "brier",
    "expected_calibration_error",
    "expected_calibration_error_aligned",
)


def measure(
    y: np.ndarray, probabilities: np.ndarray, resamples: Resamples
) -> dict[str, np.ndarray]:
    """Measure predicted probabilities against the true classes.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes; -1 for a label that the model does not know, which counts as
        an error with probability 0.0001.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities. Of two classes the second is the positive one.
    resamples : Resamples
        Of these rows.

    Returns
    -------
    dict of numpy.ndarray
        One number for the rows themselves and one per resample, for each metric that is defined on
        these rows.
    """
    if len(y) == 0:
        return {}
    class_count = probabilities.shape[1]
    rows = resamples.total(np.ones(len(y)))
    predicted = probabilities.argmax(axis=1)
    true = np.where(y >= 0, probabilities[np.arange(len(y)), np.maximum(y, 0)], 0.0)
    values = {"accuracy": resamples.total(predicted == y) / rows}
    values |= _confusion_metrics(y, predicted, class_count, resamples)
    values |= rank_classes(y, probabilities, resamples)
    values["log_loss"] = resamples.total(-np.log(np.maximum(true, 1e-4))) / rows
    squares = (probabilities**2).sum(axis=1) - 2 * true + 1
    values["brier"] = resamples.total(squares) / rows / (2 if class_count == 2 else 1)
    if class_count > 3:
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
        values["top_3_hit_rate"] = resamples.total((best == y[:, None]).any(axis=1)) / rows
    return values


def rank_classes(
    y: np.ndarray, probabilities: np.ndarray, resamples: Resamples
) -> dict[str, np.ndarray]:
    """Measure how well probabilities rank rows: as `roc_auc_score`, for all resamples at once.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.
    resamples : Resamples
        Of these rows.

    Returns
    -------
    dict of numpy.ndarray
        ``roc_auc``, of several classes their mean (each against the rest), and of two also
        ``average_precision`` and ``lift_at_10_percent``; nothing where no class is told from
        another by these rows.
    """
    class_count = probabilities.shape[1]
    scored = range(class_count) if class_count > 2 else [1]
    shown = [k for k in scored if 0 < np.count_nonzero(y == k) < len(y)]
    if not shown:
        return {}
    measured = [_ranking_metrics(y == k, probabilities[:, k], resamples) for k in shown]
    # a resample may show none of a class: its area counts in the other resamples only
    areas = np.ma.masked_invalid([area for area, _, _ in measured])
    values = {"roc_auc": areas.mean(axis=0).filled(np.nan)}
    if class_count == 2:
        _, values["average_precision"], values["lift_at_10_percent"] = measured[0]
    return values


def interval(values: np.ndarray, customers: int) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of a metric.

    Percentiles of resamples are too near each other where customers are few, as a normal interval
    is beside one of Student's t, and by the root of n / (n - 1) more. They are taken as much
    further out (the expanded percentile interval of Hesterberg 2015, "What teachers should know
    about the bootstrap").

    Parameters
    ----------
    values : numpy.ndarray of shape (1 + resamples,)
        The metric itself, then its resamples.
    customers : int
        Number of customers that were resampled.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    freedom = max(customers - 1, 1)
    outside = ndtr(math.sqrt(1 + 1 / freedom) * stdtrit(freedom, OUTSIDE))
    low, high = np.nanquantile(values[1:], (outside, 1 - outside))
    return float(low), float(high)


def _confusion_metrics(
    y: np.ndarray, predicted: np.ndarray, class_count: int, resamples: Resamples
) -> dict[str, np.ndarray]:
    """Recall and F1, averaged over the classes that are shown."""
    count = class_count + 1  # one more for labels that the model does not know
    cells = np.where(y < 0, class_count, y) * count + predicted
    table = resamples.totals(cells, count * count).reshape(count, count, -1)
    diagonal = np.diagonal(table).T
    actual, guessed = table.sum(axis=1), table.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = np.where(actual > 0, diagonal / actual, np.nan)
        score = np.where(actual + guessed > 0, 2 * diagonal / (actual + guessed), np.nan)
    return {
        "balanced_accuracy": np.nanmean(recall, axis=0),
        "macro_f1": np.nanmean(score, axis=0),
    }


def _ranking_metrics(
    positive: np.ndarray, score: np.ndarray, resamples: Resamples
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Area under the ROC curve, average precision and lift at the top, ties shared fairly."""
    # the highest score is the first level
    distinct, levels = np.unique(-score, return_inverse=True)
    if len(distinct) > RANKED_LEVELS:
        levels = levels * RANKED_LEVELS // len(distinct)
    count = min(len(distinct), RANKED_LEVELS)
    rows = resamples.totals(levels, count)
    hits = resamples.totals(levels, count, positive)
    seen, found = np.cumsum(rows, axis=0), np.cumsum(hits, axis=0)
    all_rows, all_hits = seen[-1], found[-1]
    misses = all_rows - all_hits
    top = TOP_SHARE * all_rows
    # misses of a higher score, and half of those with the same
    ahead = seen - found - (rows - hits) / 2
    taken = np.clip((top - (seen - rows)) / np.maximum(rows, 1e-12), 0, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        area = (hits * (misses - ahead)).sum(axis=0) / (all_hits * misses)
        average = (hits * found / np.maximum(seen, 1e-12)).sum(axis=0) / all_hits
        lift = (hits * taken).sum(axis=0) / top / (all_hits / all_rows)
    return area, average, lift
