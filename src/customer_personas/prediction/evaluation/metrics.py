"""How good predicted probabilities are, with intervals from resampled customers.

Every metric is a function of weights on the rows: with weights of one it is the metric itself, with
the counts of a bootstrap resample (Efron 1979) it is the metric of that resample. Two models
measured with the same weights are compared customer by customer. scikit-learn has the same metrics
for one set of weights at a time; here all resamples are one product of matrices.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

BINS = 10
RESAMPLES = 200
INTERVAL = (2.5, 97.5)
TOP_SHARE = 0.1
# Metrics of which less is better.
LOSSES = (
    "log_loss",
    "brier",
    "expected_calibration_error",
    "expected_calibration_error_aligned",
)


@lru_cache(maxsize=4)
def bootstrap_weights(row_count: int, seed: int, resamples: int = RESAMPLES) -> np.ndarray:
    """Draw resamples of rows, as counts.

    Parameters
    ----------
    row_count : int
        Number of rows.
    seed : int
        Seed of the draws.
    resamples : int
        Number of resamples.

    Returns
    -------
    numpy.ndarray
        One row per resample, after a first row of ones; one column per row.
    """
    if row_count == 0:
        return np.ones((1 + resamples, 0))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(row_count, np.full(row_count, 1 / row_count), size=resamples)
    weights = np.vstack([np.ones((1, row_count)), drawn])
    weights.flags.writeable = False  # drawn once for all models of the same rows
    return weights


def measure(y: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Measure predicted probabilities against the true classes.

    Parameters
    ----------
    y : numpy.ndarray
        Positions of the true classes; -1 for a label that the model does not know, which counts as
        an error with probability 0.0001.
    probabilities : numpy.ndarray
        One row per label, one column per class. Of two classes the second is the positive one.
    weights : numpy.ndarray
        One row per resample, one column per label.

    Returns
    -------
    dict of numpy.ndarray
        One number per row of `weights` for each metric that is defined on these rows.
    """
    if len(y) == 0:
        return {}
    class_count = probabilities.shape[1]
    total = weights.sum(axis=1)
    predicted = probabilities.argmax(axis=1)
    true = np.where(y >= 0, probabilities[np.arange(len(y)), np.maximum(y, 0)], 0.0)
    values = {"accuracy": weights @ (predicted == y) / total}
    values |= _confusion_metrics(y, predicted, class_count, weights)
    values |= rank_classes(y, probabilities, weights)
    values["log_loss"] = weights @ -np.log(np.maximum(true, 1e-4)) / total
    squares = (probabilities**2).sum(axis=1) - 2 * true + 1
    values["brier"] = weights @ squares / total / (2 if class_count == 2 else 1)
    values["expected_calibration_error"] = calibration_error(y, probabilities, weights)
    if class_count > 3:
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
        values["top_3_hit_rate"] = weights @ (best == y[:, None]).any(axis=1) / total
    return values


def rank_classes(
    y: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Measure how well probabilities rank rows: as `roc_auc_score`, for all weights at once.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.
    weights : numpy.ndarray of shape (resamples, rows)
        Weights of the rows.

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
    measured = [_ranking_metrics(y == k, probabilities[:, k], weights) for k in shown]
    # a resample may show none of a class: its area counts in the other resamples only
    areas = np.ma.masked_invalid([area for area, _, _ in measured])
    values = {"roc_auc": areas.mean(axis=0).filled(np.nan)}
    if class_count == 2:
        _, values["average_precision"], values["lift_at_10_percent"] = measured[0]
    return values


def calibration_error(y: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Give the expected calibration error: the mean distance of probability and hit rate over bins.

    Parameters
    ----------
    y : numpy.ndarray
        Positions of the true classes.
    probabilities : numpy.ndarray
        One column per class; of two the second counts, of more the likeliest.
    weights : numpy.ndarray
        One row per resample, one column per label.

    Returns
    -------
    numpy.ndarray
        One number per row of `weights`.
    """
    chance = counted_probability(probabilities)
    hit = y == (1 if probabilities.shape[1] == 2 else probabilities.argmax(axis=1))
    member = pd.get_dummies(equal_bins(chance)).to_numpy(float)
    gaps = weights @ (member * (chance - hit)[:, None])
    return np.abs(gaps).sum(axis=1) / weights.sum(axis=1)


def calibration_noise_floor(probabilities: np.ndarray, seed: int) -> float:
    """Give the calibration error that perfectly calibrated probabilities would show by chance.

    Parameters
    ----------
    probabilities : numpy.ndarray
        One column per class.
    seed : int
        Seed of the labels that are drawn.

    Returns
    -------
    float
        Mean error over 200 draws of labels from the probabilities themselves.
    """
    chance = counted_probability(probabilities)
    rng = np.random.default_rng(seed)
    bins = equal_bins(chance)
    gaps = [
        np.abs(np.bincount(bins, weights=chance - drawn, minlength=BINS)).sum() / len(chance)
        for drawn in (rng.random(len(chance)) < chance for _ in range(RESAMPLES))
    ]
    return float(np.mean(gaps))


def interval(values: np.ndarray) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of a metric.

    Parameters
    ----------
    values : numpy.ndarray
        The metric itself, then its resamples.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    low, high = np.nanpercentile(values[1:], INTERVAL)
    return float(low), float(high)


def _confusion_metrics(
    y: np.ndarray, predicted: np.ndarray, class_count: int, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Recall and F1, averaged over the classes that are shown."""
    count = class_count + 1  # one more for labels that the model does not know
    cell = np.where(y < 0, class_count, y) * count + predicted
    cells = np.zeros((len(y), count * count))
    cells[np.arange(len(y)), cell] = 1
    table = (weights @ cells).reshape(len(weights), count, count)
    diagonal = np.diagonal(table, axis1=1, axis2=2)
    actual, guessed = table.sum(axis=2), table.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = np.where(actual > 0, diagonal / actual, np.nan)
        score = np.where(actual + guessed > 0, 2 * diagonal / (actual + guessed), np.nan)
    return {
        "balanced_accuracy": np.nanmean(recall, axis=1),
        "macro_f1": np.nanmean(score, axis=1),
    }


def _ranking_metrics(
    positive: np.ndarray, score: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Area under the ROC curve, average precision and lift at the top, ties shared fairly."""
    # all three are sums over the positives, of what lies before each of them
    order = np.argsort(-score, kind="stable")
    ranked = -score[order]
    places = np.flatnonzero(positive[order])
    own = ranked[places]
    # `take` leaves the rows in one piece of memory each, which is several times as fast
    seen, hits = _running_sums(weights.take(order, axis=1)), weights.take(order[places], axis=1)
    found = _running_sums(hits)
    seen_before = seen.take(np.searchsorted(ranked, own, side="left"), axis=1)
    seen_after = seen.take(np.searchsorted(ranked, own, side="right"), axis=1)
    found_before = found.take(np.searchsorted(own, own, side="left"), axis=1)
    found_after = found.take(np.searchsorted(own, own, side="right"), axis=1)
    all_rows, all_hits = seen[:, -1], found[:, -1]
    misses = all_rows - all_hits
    top = TOP_SHARE * all_rows
    # misses of a higher score, and half of those with the same
    ahead = (seen_before - found_before + seen_after - found_after) / 2
    taken = (top[:, None] - seen_before) / np.maximum(seen_after - seen_before, 1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        area = (hits * (misses[:, None] - ahead)).sum(axis=1) / (all_hits * misses)
        average = (hits * found_after / np.maximum(seen_after, 1e-12)).sum(axis=1) / all_hits
        lift = (hits * np.clip(taken, 0, 1)).sum(axis=1) / top / (all_hits / all_rows)
    return area, average, lift


def _running_sums(values: np.ndarray) -> np.ndarray:
    """Sum each row up to each column, from none on."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


def counted_probability(probabilities: np.ndarray) -> np.ndarray:
    """Give the probability that calibration is measured by.

    Parameters
    ----------
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        That of the positive one of two classes, of several that of the likeliest.
    """
    return probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities.max(axis=1)


def equal_bins(chance: np.ndarray) -> np.ndarray:
    """Deal rows into ten bins of about the same size; equal probabilities share one.

    Parameters
    ----------
    chance : numpy.ndarray of shape (rows,)
        Probabilities.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Numbers of bins, from 0.
    """
    if not len(chance):
        return np.zeros(0, dtype=int)
    edges = np.quantile(chance, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, chance, side="left")
