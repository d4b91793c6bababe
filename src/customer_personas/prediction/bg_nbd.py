"""The BG/NBD model of repeat purchases: buying and leaving as two coins (Fader, Hardie, Lee 2005).

Days with orders are counted: ``repeats`` of them after the first, the last one ``last`` days and
the observation ``age`` days after the first.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, logit

PENALTY = 1e-4  # on the squared logarithms of the parameters: keeps them finite on few customers
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class BgNbd:
    """Parameters of the model.

    Parameters
    ----------
    r, alpha : float
        Shape and rate (in days) of the gamma distribution of purchase rates.
    a, b : float
        Parameters of the beta distribution of the chance to leave after a purchase.
    """

    r: float
    alpha: float
    a: float
    b: float

    def probability(
        self, repeats: np.ndarray, last: np.ndarray, age: np.ndarray, horizon_days: int
    ) -> np.ndarray:
        """Give the probability of at least one purchase within the horizon.

        Parameters
        ----------
        repeats, last, age : numpy.ndarray
            Purchase history; days.
        horizon_days : int
            Days ahead.

        Returns
        -------
        numpy.ndarray
            Probabilities.
        """
        gone = np.where(
            repeats > 0,
            self.a
            / (self.b + np.maximum(repeats, 1) - 1)
            * np.exp((self.r + repeats) * np.log((self.alpha + age) / (self.alpha + last))),
            0.0,
        )
        quiet = np.exp(
            (self.r + repeats) * np.log((self.alpha + age) / (self.alpha + age + horizon_days))
        )
        return (1 - quiet) / (1 + gone)


def fit_bg_nbd(repeats: np.ndarray, last: np.ndarray, age: np.ndarray) -> BgNbd:
    """Fit the model by maximum likelihood.

    Parameters
    ----------
    repeats, last, age : numpy.ndarray
        Purchase history of customers who bought at least once; days.

    Returns
    -------
    BgNbd
        The fitted parameters.
    """

    def loss(logarithms: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logarithms)
        first = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
        second = gammaln(a + b) + gammaln(b + repeats) - gammaln(b) - gammaln(a + b + repeats)
        alive = -(r + repeats) * np.log(alpha + age)
        left = np.where(
            repeats > 0,
            np.log(a)
            - np.log(b + np.maximum(repeats, 1) - 1)
            - (r + repeats) * np.log(alpha + last),
            -np.inf,
        )
        likelihood = np.mean(first + second + np.logaddexp(alive, left))
        return -likelihood + PENALTY * np.sum(logarithms**2)

    start = [0.0, np.log(max(float(np.mean(age)) / 2, 1.0)), 0.0, 1.0]
    result = minimize(loss, start, method="L-BFGS-B", bounds=[(-8.0, 12.0)] * 4)
    return BgNbd(*(float(value) for value in np.exp(result.x)))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Give logarithms of odds, bounded.

    Parameters
    ----------
    probability : numpy.ndarray
        Probabilities.

    Returns
    -------
    numpy.ndarray
        Finite numbers.
    """
    return logit(np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))
