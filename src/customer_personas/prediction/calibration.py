"""Scores turned into probabilities: the spread is learnt, the level is what a date may expect.

Probabilities are the softmax of ``sharpness * scores + offsets``. The sharpness is learnt from rows
that the scores were not fitted on. The offsets follow from the class shares that are expected of
the rows: between two dates the level moves with the season, the order of customers hardly does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

LEAST_SHARE = 1e-4
SHARPNESS_BOUNDS = (0.02, 50.0)


def probabilities(scores: np.ndarray, sharpness: float, offsets: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities.

    Parameters
    ----------
    scores : numpy.ndarray
        One row per customer, one column per class.
    sharpness : float
        Factor on the scores.
    offsets : numpy.ndarray
        One number per class.

    Returns
    -------
    numpy.ndarray
        Probabilities; each row adds up to 1.
    """
    return softmax(sharpness * scores + offsets, axis=1) if len(scores) else scores


def align(scaled: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Find the offsets with which the mean probability of each class is its expected share.

    Parameters
    ----------
    scaled : numpy.ndarray
        Scores times sharpness.
    shares : numpy.ndarray
        Expected share of each class.

    Returns
    -------
    numpy.ndarray
        One offset per class; their mean is 0.
    """
    shares = bounded_shares(shares)
    if not len(scaled):
        return np.log(shares) - np.log(shares).mean()
    offsets = np.log(shares) - np.log(bounded_shares(softmax(scaled, axis=1).mean(axis=0)))
    # Each round moves the offsets by what the means are off; it converges since more offset gives
    # more share.
    for _ in range(500):
        means = softmax(scaled + offsets, axis=1).mean(axis=0)
        step = np.log(shares) - np.log(np.maximum(means, 1e-12))
        offsets = offsets + step
        if np.abs(step).max() < 1e-7:
            break
    return offsets - offsets.mean()


def bounded_shares(shares: np.ndarray) -> np.ndarray:
    """Keep every share above zero, and their sum at 1.

    Parameters
    ----------
    shares : numpy.ndarray
        Shares or counts.

    Returns
    -------
    numpy.ndarray
        Shares of at least about 0.0001.
    """
    shares = np.asarray(shares, dtype=float)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(shares), 1 / len(shares))
    shares = np.maximum(shares, LEAST_SHARE)
    return shares / shares.sum()


@dataclass(frozen=True)
class Scored:
    """Scores of rows that a model was not fitted on.

    Parameters
    ----------
    scores : numpy.ndarray
        One row per labelled row, one column per class.
    y : numpy.ndarray
        Positions of their true classes.
    population : numpy.ndarray
        Scores of everybody whose level is expected.
    shares : numpy.ndarray or None
        Expected class shares of everybody; None where the level is not to be moved.
    """

    scores: np.ndarray
    y: np.ndarray
    population: np.ndarray
    shares: np.ndarray | None

    def offsets(self, sharpness: float) -> np.ndarray:
        """Find the level.

        Parameters
        ----------
        sharpness : float
            Factor on the scores.

        Returns
        -------
        numpy.ndarray
            One number per class.
        """
        if self.shares is None:
            return np.zeros(self.scores.shape[1])
        return align(sharpness * self.population, self.shares)

    def probabilities(self, sharpness: float) -> np.ndarray:
        """Turn the scores of the labelled rows into probabilities.

        Parameters
        ----------
        sharpness : float
            Factor on the scores.

        Returns
        -------
        numpy.ndarray
            One column per class.
        """
        return probabilities(self.scores, sharpness, self.offsets(sharpness))


def mean_log_loss(folds: Sequence[Scored], sharpness: float) -> float:
    """Give the log loss of calibrated scores.

    Parameters
    ----------
    folds : sequence of Scored
        The scores, fold by fold.
    sharpness : float
        Factor on the scores.

    Returns
    -------
    float
        Mean over all rows.
    """
    true = [each.probabilities(sharpness)[np.arange(len(each.y)), each.y] for each in folds]
    return float(-np.mean(np.log(np.maximum(np.concatenate(true), LEAST_SHARE))))


def fit_sharpness(folds: Sequence[Scored]) -> float:
    """Learn how far scores are to be trusted.

    Parameters
    ----------
    folds : sequence of Scored
        Scores of rows that the models were not fitted on, at the level that was expected of them.

    Returns
    -------
    float
        The sharpness with the least log loss.
    """
    result = minimize_scalar(
        lambda logarithm: mean_log_loss(folds, float(np.exp(logarithm))),
        bounds=np.log(SHARPNESS_BOUNDS),
        method="bounded",
        options={"xatol": 1e-2},
    )
    return float(np.exp(result.x))
