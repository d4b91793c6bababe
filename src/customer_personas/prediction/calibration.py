"""Scores turned into probabilities: temperature scaling, then a prior shift correction.

Probabilities are the softmax of ``inverse_temperature * scores + prior_shift``. The temperature is
learnt from rows that the scores were not fitted on (Guo et al. 2017, "On calibration of modern
neural networks"). The prior shift follows from the class shares that are expected of the rows
(Saerens et al. 2002, "Adjusting the outputs of a classifier to new a priori probabilities"):
between two dates the shares move with the season, the order of customers hardly does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, logit

LEAST_SHARE = 1e-4
INVERSE_TEMPERATURES = (0.02, 50.0)
# Expected shares are met to this factor (its logarithm), in so many rounds at most.
SHARE_TOLERANCE = 1e-7
OFFSET_TOLERANCE = 1e-9
MOST_ROUNDS = 400
# Of Levenberg and Marquardt's steps: they are Newton's where that helps, and short ones downhill
# where scores leave no doubt and the shares move in stairs.
LEAST_DAMPING, MOST_DAMPING = 1e-12, 1e12
LEAST_DESCENT = 1e-4


def probabilities(
    scores: np.ndarray, inverse_temperature: float, prior_shift: np.ndarray
) -> np.ndarray:
    """Turn scores into probabilities.

    Parameters
    ----------
    scores : numpy.ndarray of shape (rows, classes)
        The scores.
    inverse_temperature : float
        Factor on the scores.
    prior_shift : numpy.ndarray of shape (classes,)
        Offsets of the scaled scores.

    Returns
    -------
    numpy.ndarray of shape (rows, classes)
        Probabilities; each row adds up to 1.
    """
    return _softmax(inverse_temperature * scores + prior_shift) if len(scores) else scores


def _softmax(scores: np.ndarray) -> np.ndarray:
    """Do what scipy's softmax does, at half its cost: it is called tens of thousands of times."""
    return _softmax_and_totals(scores)[0]


def _softmax_and_totals(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the softmax, each row's highest score, and the sum of exponentials of what is below."""
    highest = np.ascontiguousarray(scores.T).max(axis=0)
    exponentials = np.exp(scores - highest[:, None])
    totals = exponentials.sum(axis=1)
    exponentials /= totals[:, None]
    return exponentials, highest, totals


def correct_prior_shift(
    scaled: np.ndarray, shares: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """Find the offsets with which the mean probability of each class is its expected share.

    Parameters
    ----------
    scaled : numpy.ndarray of shape (rows, classes)
        Scores times inverse temperature.
    shares : numpy.ndarray of shape (classes,)
        Expected share of each class.
    start : numpy.ndarray of shape (classes,), optional
        Offsets that are near, to start from.

    Returns
    -------
    numpy.ndarray of shape (classes,)
        Offsets; their mean is 0.
    """
    shares = bounded_shares(shares)
    if not len(scaled):
        return np.log(shares) - np.log(shares).mean()
    if len(shares) == 2:
        offset = _offset_of_two(scaled[:, 1] - scaled[:, 0], shares[1])
        return np.array([-offset / 2, offset / 2])
    offsets = start
    if offsets is None:
        offsets = np.log(shares) - np.log(bounded_shares(_softmax(scaled).mean(axis=0)))
    found, loss = _look(scaled, shares, offsets)
    damping = LEAST_DAMPING
    for _ in range(MOST_ROUNDS):
        if _are_met(found, shares) or damping > MOST_DAMPING:
            break
        step = _damped_step(found, shares, damping)
        next_found, next_loss = _look(scaled, shares, offsets + step)
        if next_loss <= loss + LEAST_DESCENT * step @ (found.mean(axis=0) - shares):
            offsets, found, loss = offsets + step, next_found, next_loss
            damping = max(damping / 10, LEAST_DAMPING)
        else:
            damping *= 10
    return offsets - offsets.mean()


def _look(scaled: np.ndarray, shares: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, float]:
    """Give the probabilities, and the convex loss that is least where the shares are met."""
    found, highest, totals = _softmax_and_totals(scaled + offsets)
    return found, float((highest + np.log(totals)).mean() - shares @ offsets)


def _are_met(found: np.ndarray, shares: np.ndarray) -> bool:
    """Say whether the mean probability of each class is its share, up to the tolerance."""
    factors = np.maximum(found.mean(axis=0), 1e-300) / shares
    return bool(np.abs(np.log(factors)).max() < SHARE_TOLERANCE)


def _damped_step(found: np.ndarray, shares: np.ndarray, damping: float) -> np.ndarray:
    """Solve for the offsets that lessen the loss, nearer to its gradient with more damping."""
    means = found.mean(axis=0)
    curvature = np.diag(means) - found.T @ found / len(found)
    # the same offset for all classes has no effect: it is held at zero
    curvature += 1 / len(means) + damping * np.eye(len(means))
    return np.linalg.solve(curvature, shares - means)


def _offset_of_two(differences: np.ndarray, share: float) -> float:
    """Solve for the offset between two classes: one unknown takes a tenth of the steps' time."""
    least, most = (logit(share) - end for end in (differences.max(), differences.min()))
    if most - least < OFFSET_TOLERANCE:
        return float(least)

    def missing(offset: float) -> float:
        return float(expit(differences + offset).mean()) - share

    # everybody's probability is at most the share at one end, and at least the share at the other
    return float(brentq(missing, least - 1, most + 1, xtol=OFFSET_TOLERANCE))


def bounded_shares(shares: np.ndarray) -> np.ndarray:
    """Keep every share above zero, and their sum at 1.

    Parameters
    ----------
    shares : numpy.ndarray of shape (classes,)
        Shares or counts.

    Returns
    -------
    numpy.ndarray of shape (classes,)
        Shares of at least about 0.0001.
    """
    shares = np.asarray(shares, dtype=float)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(shares), 1 / len(shares))
    shares = np.maximum(shares, LEAST_SHARE)
    return shares / shares.sum()


@dataclass(frozen=True)
class HeldOutScores:
    """Scores of rows that a model was not fitted on.

    Parameters
    ----------
    scores : numpy.ndarray of shape (rows, classes)
        Scores of the labelled rows.
    y : numpy.ndarray of shape (rows,)
        Positions of their true classes.
    population : numpy.ndarray of shape (everybody, classes)
        Scores of everybody whose class shares are expected.
    shares : numpy.ndarray of shape (classes,) or None
        Expected class shares of everybody; None where no prior shift is to be corrected.
    customers : numpy.ndarray of shape (rows,)
        The customers of the labelled rows.
    weight : float
        What a row counts for beside those of other folds.
    """

    scores: np.ndarray
    y: np.ndarray
    population: np.ndarray
    shares: np.ndarray | None
    customers: np.ndarray
    weight: float = 1.0

    def prior_shift(
        self, inverse_temperature: float, start: np.ndarray | None = None
    ) -> np.ndarray:
        """Find the offsets with which the expected shares are met.

        Parameters
        ----------
        inverse_temperature : float
            Factor on the scores.
        start : numpy.ndarray of shape (classes,), optional
            Offsets that are near, to start from.

        Returns
        -------
        numpy.ndarray of shape (classes,)
            Offsets of the scaled scores.
        """
        if self.shares is None:
            return np.zeros(self.scores.shape[1])
        return correct_prior_shift(inverse_temperature * self.population, self.shares, start)

    def probabilities(self, inverse_temperature: float) -> np.ndarray:
        """Turn the scores of the labelled rows into probabilities.

        Parameters
        ----------
        inverse_temperature : float
            Factor on the scores.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Probabilities.
        """
        return probabilities(
            self.scores, inverse_temperature, self.prior_shift(inverse_temperature)
        )


def fit_inverse_temperature(folds: Sequence[HeldOutScores]) -> tuple[float, float]:
    """Learn the temperature: how far scores are to be trusted.

    Parameters
    ----------
    folds : sequence of HeldOutScores
        Scores of rows that the models were not fitted on, with the class shares expected of them.

    Returns
    -------
    inverse_temperature : float
        The factor on the scores with the least log loss.
    loss : float
        The mean log loss with it, rows weighed as their folds say.
    """
    # offsets grow about as the factor does: those of the last one show where to start
    last: list[np.ndarray | None] = [None] * len(folds)
    weights = np.concatenate([np.full(len(each.y), each.weight) for each in folds])

    def mean_log_loss(logarithm: float) -> float:
        factor = float(np.exp(logarithm))
        true = []
        for place, each in enumerate(folds):
            before = last[place]
            shift = each.prior_shift(factor, None if before is None else factor * before)
            last[place] = shift / factor
            found = probabilities(each.scores, factor, shift)
            true.append(found[np.arange(len(each.y)), each.y])
        logarithms = np.log(np.maximum(np.concatenate(true), LEAST_SHARE))
        return float(-np.average(logarithms, weights=weights))

    result = minimize_scalar(
        mean_log_loss,
        bounds=(math.log(INVERSE_TEMPERATURES[0]), math.log(INVERSE_TEMPERATURES[1])),
        method="bounded",
        options={"xatol": 3e-2},
    )
    return float(np.exp(result.x)), float(result.fun)
