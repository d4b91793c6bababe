"""Bootstrap resamples of customers, each with all their rows.

Customers are drawn with replacement (Efron 1979; of clusters: Field and Welsh 2007).
A metric is a function of weights on the rows: with weights of one it is the metric itself, with the
counts of a resample it is the metric of that resample. Two models measured with the same resamples
are compared customer by customer.

Of more than 10,000 customers, 10,000 groups of them are resampled, dealt at random: a sum over
groups varies as the sum over customers does, and the cost no longer grows with resamples times
rows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

RESAMPLES = 200
MOST_UNITS = 10_000


@dataclass(frozen=True)
class Resamples:
    """Weights of the same rows, once for themselves and once for each resample.

    Parameters
    ----------
    weights : numpy.ndarray of shape (units, 1 + resamples)
        How often each unit is drawn, after a first column of ones. A unit is a customer, or a
        group of customers.
    units : numpy.ndarray of shape (rows,)
        The unit of each row.
    customer_count : int
        Number of customers.
    """

    weights: np.ndarray
    units: np.ndarray
    customer_count: int

    @classmethod
    def draw(cls, customers: np.ndarray, seed: int) -> "Resamples":
        """Draw 200 resamples.

        Parameters
        ----------
        customers : numpy.ndarray of shape (rows,)
            The customer of each row, as a number or a name.
        seed : int
            Seed of the draws: the same for models that are to be compared.

        Returns
        -------
        Resamples
            The resamples.
        """
        distinct, units = np.unique(customers, return_inverse=True)
        count = len(distinct)
        if count > MOST_UNITS:
            units = _deal(count, seed)[units]
        return cls(_draw_weights(min(count, MOST_UNITS), seed), units, count)

    @classmethod
    def none(cls, row_count: int) -> "Resamples":
        """Weigh rows once each, for a metric without an interval.

        Parameters
        ----------
        row_count : int
            Number of rows.

        Returns
        -------
        Resamples
            The rows themselves.
        """
        return cls(np.ones((row_count, 1)), np.arange(row_count), row_count)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum values of rows.

        Parameters
        ----------
        values : numpy.ndarray of shape (rows,)
            The values.

        Returns
        -------
        numpy.ndarray of shape (1 + resamples,)
            Their weighted sums.
        """
        return np.bincount(self.units, values, minlength=len(self.weights)) @ self.weights

    def totals(
        self, groups: np.ndarray, group_count: int, values: np.ndarray | None = None
    ) -> np.ndarray:
        """Sum values of rows by group.

        Parameters
        ----------
        groups : numpy.ndarray of shape (rows,)
            The group of each row, from 0.
        group_count : int
            Number of groups.
        values : numpy.ndarray of shape (rows,), optional
            The values; ones without it, so that rows are counted.

        Returns
        -------
        numpy.ndarray of shape (group_count, 1 + resamples)
            Their weighted sums.
        """
        values = np.ones(len(groups)) if values is None else values.astype(float)
        table = sparse.csr_array(
            (values, (groups, self.units)), shape=(group_count, len(self.weights))
        )
        return table @ self.weights


@lru_cache(maxsize=4)
def _draw_weights(unit_count: int, seed: int) -> np.ndarray:
    """Draw how often each unit is in each resample; once for all models of the same rows."""
    if unit_count == 0:
        return np.ones((0, 1 + RESAMPLES))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(unit_count, np.full(unit_count, 1 / unit_count), size=RESAMPLES)
    weights = np.ascontiguousarray(np.vstack([np.ones((1, unit_count)), drawn]).T)
    weights.flags.writeable = False
    return weights


@lru_cache(maxsize=4)
def _deal(customer_count: int, seed: int) -> np.ndarray:
    """Deal customers into groups of about the same size."""
    return np.random.default_rng(seed).permutation(customer_count) % MOST_UNITS
