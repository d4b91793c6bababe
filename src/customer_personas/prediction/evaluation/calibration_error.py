"""How far predicted probabilities are from how often they come true, freed from chance.

The expected calibration error is a mean of distances, so chance alone makes it larger than zero,
and resamples, which add as much chance once more, larger still: their percentiles lie above the
truth. The interval is found by inverting a test instead (Carpenter 1999, "Test inversion bootstrap
confidence intervals"): it holds the errors with which the one that is seen would not be surprising.
"""

from dataclasses import dataclass

import numpy as np

from customer_personas.prediction.evaluation.resamples import Resamples

BINS = 10
# True gaps that are asked about: what is seen of each bin, less so many of its standard errors; the
# last one leaves none.
ERRORS_LESS = np.append(np.arange(-2, 4.01, 0.1), 1e6)
# Draws of chance by which a gap that is seen is surprising or not.
DRAWS = 500


@dataclass(frozen=True)
class CalibrationError:
    """The gap between probability and share in each of ten bins of about the same size.

    Parameters
    ----------
    gaps : numpy.ndarray of shape (bins, 1 + resamples)
        Sum of probability less outcome in each bin, over the number of all rows: first of the rows
        themselves, then of each resample.
    right : numpy.ndarray of shape (bins,)
        Standard error of each gap if the probabilities were right.
    """

    gaps: np.ndarray
    right: np.ndarray

    def values(self) -> np.ndarray:
        """Give the expected calibration error.

        Returns
        -------
        numpy.ndarray of shape (1 + resamples,)
            The mean distance of probability and share, of the rows and of each resample.
        """
        return np.abs(self.gaps).sum(axis=0)

    def noise_floor(self) -> float:
        """Give the error that perfectly calibrated probabilities would show by chance.

        Returns
        -------
        float
            The mean distance from zero of normal gaps.
        """
        return float(np.sqrt(2 / np.pi) * self.right.sum())

    def interval(self, seed: int) -> tuple[float, float]:
        """Give the 95 % interval of the error that the rows would show without chance.

        Parameters
        ----------
        seed : int
            Seed of the draws of chance.

        Returns
        -------
        tuple of float
            Lower and upper end; what is seen may lie above, where it is mostly chance.
        """
        seen = np.abs(self.gaps[:, 0])
        # a bin in which nothing happened varies in no resample
        error = np.maximum(self.gaps[:, 1:].std(axis=1), self.right)
        true = np.maximum(seen - ERRORS_LESS[:, None] * error, 0)
        chance = np.random.default_rng(seed).normal(size=(BINS, DRAWS))
        drawn = np.abs(true[:, :, None] + error[:, None] * chance).sum(axis=1)
        low, high = np.percentile(drawn, (2.5, 97.5), axis=1)
        held = true.sum(axis=1)[(low <= seen.sum()) & (seen.sum() <= high)]
        # smaller even than chance alone shows: there is no sign of an error
        return (float(held.min()), float(held.max())) if len(held) else (0.0, float(seen.sum()))


def measure_calibration(
    y: np.ndarray, probabilities: np.ndarray, resamples: Resamples
) -> CalibrationError:
    """Hold probabilities against outcomes.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes.
    probabilities : numpy.ndarray of shape (rows, classes)
        Predicted probabilities; of two classes the second counts, of more the likeliest.
    resamples : Resamples
        Of these rows.

    Returns
    -------
    CalibrationError
        The gaps.
    """
    chance = counted_probability(probabilities)
    hit = y == (1 if probabilities.shape[1] == 2 else probabilities.argmax(axis=1))
    bins = equal_bins(chance)
    gaps = resamples.totals(bins, BINS, chance - hit) / resamples.total(np.ones(len(y)))
    variances = np.bincount(bins, weights=chance * (1 - chance), minlength=BINS)
    return CalibrationError(gaps, np.sqrt(variances) / len(y))


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
