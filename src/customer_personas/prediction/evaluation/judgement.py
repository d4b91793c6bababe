"""What is reported about a model on rows that it was not fitted on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from customer_personas.features.sampling import take_evenly
from customer_personas.prediction.calibration import correct_prior_shift, probabilities
from customer_personas.prediction.evaluation import metrics, tables
from customer_personas.prediction.evaluation.calibration_error import (
    CalibrationError,
    measure_calibration,
)
from customer_personas.prediction.evaluation.resamples import Resamples

# Predictions of so many rows are kept, for the figures of each persona.
KEPT_PREDICTIONS = 50_000


@dataclass(frozen=True)
class Judgement:
    """Probabilities held against the truth.

    Parameters
    ----------
    y : numpy.ndarray
        Positions of the true classes, -1 for labels that the model does not know.
    probabilities : numpy.ndarray
        One column per class.
    classes : sequence of str
        Names of the classes.
    resamples : Resamples
        Of these rows: models judged on the same ones have the same resamples.
    values : dict of numpy.ndarray
        The metrics, each with its resamples.
    calibration_errors : dict of CalibrationError
        Those of the metrics that are distances.
    seed : int
        Seed of what is drawn.
    """

    y: np.ndarray
    probabilities: np.ndarray
    classes: Sequence[str]
    resamples: Resamples
    values: dict[str, np.ndarray]
    calibration_errors: dict[str, CalibrationError]
    seed: int

    @property
    def customers(self) -> int:
        """Number of customers, of whom some may have several rows."""
        return self.resamples.customer_count

    def interval(self, metric: str) -> tuple[float, float]:
        """Give the 95 % interval of a metric.

        Parameters
        ----------
        metric : str
            The metric.

        Returns
        -------
        tuple of float
            Lower and upper end.
        """
        if metric in self.calibration_errors:
            return self.calibration_errors[metric].interval(self.seed)
        return metrics.interval(self.values[metric], self.customers)

    def advantage(self, metric: str, other: "Judgement") -> tuple[float, float, float] | None:
        """Compare with another model, customer by customer.

        Parameters
        ----------
        metric : str
            The metric.
        other : Judgement
            The other model on the same rows.

        Returns
        -------
        tuple of float or None
            By how much this one is better, with its 95 % interval.
        """
        if metric not in self.values or metric not in other.values:
            return None
        sign = -1 if metric in metrics.LOSSES else 1
        better = sign * (self.values[metric] - other.values[metric])
        return (float(better[0]), *metrics.interval(better, self.customers))

    def rows(
        self, split: str, day: date | None, baseline: "Judgement", baseline_name: str
    ) -> list[dict[str, Any]]:
        """List the metrics beside those of a baseline.

        Parameters
        ----------
        split : str
            What the rows are used for.
        day : datetime.date or None
            Their date.
        baseline : Judgement
            The baseline on the same rows.
        baseline_name : str
            Its name.

        Returns
        -------
        list of dict
            One per metric.
        """
        where: dict[str, Any] = {"split": split, "observation_date": day}
        listed = []
        for metric, values in self.values.items():
            low, high = self.interval(metric)
            advantage = self.advantage(metric, baseline)
            listed.append(
                where
                | {
                    "metric": metric,
                    "value": float(values[0]),
                    "low": low,
                    "high": high,
                    "customers": self.customers,
                    "baseline": baseline_name,
                    "baseline_value": float(baseline.values[metric][0]) if advantage else None,
                    "advantage": advantage[0] if advantage else None,
                    "advantage_low": advantage[1] if advantage else None,
                    "advantage_high": advantage[2] if advantage else None,
                }
            )
        if len(self.y):
            floor = self.calibration_errors["expected_calibration_error"].noise_floor()
            listed.append(
                where
                | {
                    "metric": "calibration_noise_floor",
                    "value": floor,
                    "customers": self.customers,
                }
            )
        if len(self.y) and len(self.classes) == 2:
            share = float(np.mean(self.y == 1))
            listed.append(
                where | {"metric": "prevalence", "value": share, "customers": len(self.y)}
            )
        return listed

    def predictions(self) -> list[dict[str, Any]]:
        """List what was predicted of the rows of `take_kept`.

        Returns
        -------
        list of dict
            ``actual`` (position of the true class, -1 for a label that the model does not know) and
            ``probabilities``, in the order of the rows.
        """
        kept = take_kept(len(self.y))
        return [
            {"actual": actual, "probabilities": row}
            for actual, row in zip(
                self.y[kept].tolist(), self.probabilities[kept].tolist(), strict=True
            )
        ]

    def comparisons(
        self, split: str, day: date | None, other: "Judgement", name: str
    ) -> list[dict[str, Any]]:
        """List the advantage over a baseline in every metric.

        Parameters
        ----------
        split : str
            What the rows are used for.
        day : datetime.date or None
            Their date.
        other : Judgement
            The baseline on the same rows.
        name : str
            Its name.

        Returns
        -------
        list of dict
            One per metric that both have.
        """
        listed = []
        for metric in self.values:
            advantage = self.advantage(metric, other)
            if advantage is not None:
                listed.append(
                    {
                        "split": split,
                        "observation_date": day,
                        "baseline": name,
                        "metric": metric,
                        "value": float(self.values[metric][0]),
                        "baseline_value": float(other.values[metric][0]),
                        "advantage": advantage[0],
                        "advantage_low": advantage[1],
                        "advantage_high": advantage[2],
                    }
                )
        return listed

    def gains(self) -> list[dict[str, Any]]:
        """Give `tables.gains` of these rows.

        Returns
        -------
        list of dict
            One per class and tenth of the customers.
        """
        return tables.gains(self.y, self.probabilities, self.classes)

    def calibration(self) -> list[dict[str, Any]]:
        """Give `tables.calibration_bins` of these rows.

        Returns
        -------
        list of dict
            One per class and bin.
        """
        return tables.calibration_bins(self.y, self.probabilities, self.classes)

    def confusion(self) -> list[dict[str, Any]]:
        """Give `tables.confusion` of these rows.

        Returns
        -------
        list of dict
            One per true and predicted class.
        """
        return tables.confusion(self.y, self.probabilities, self.classes)


def take_kept(row_count: int) -> np.ndarray:
    """Choose the rows whose predictions are kept: 50,000 at most, evenly taken.

    Parameters
    ----------
    row_count : int
        Number of rows that there are.

    Returns
    -------
    numpy.ndarray
        Positions of the rows.
    """
    return take_evenly(np.arange(row_count), KEPT_PREDICTIONS)


def judge(
    y: np.ndarray,
    found: np.ndarray,
    classes: Sequence[str],
    seed: int,
    customers: np.ndarray | None = None,
) -> Judgement:
    """Measure probabilities against the truth, on all rows.

    Parameters
    ----------
    y : numpy.ndarray of shape (rows,)
        Positions of the true classes, -1 for labels that the model does not know.
    found : numpy.ndarray of shape (rows, classes)
        Probabilities.
    classes : sequence of str
        Names of the classes.
    seed : int
        Seed of the resamples.
    customers : numpy.ndarray of shape (rows,), optional
        The customer of each row; each row is another one's without it.

    Returns
    -------
    Judgement
        The metrics.
    """
    resamples = Resamples.draw(np.arange(len(y)) if customers is None else customers, seed)
    values = metrics.measure(y, found, resamples)
    errors = {}
    if len(y):
        errors["expected_calibration_error"] = measure_calibration(y, found, resamples)
    known = y >= 0
    if known.any():
        # what is left of the calibration error once the level is right
        logarithms = np.log(np.maximum(found, 1e-12))
        shares = np.bincount(y[known], minlength=len(classes))
        level = correct_prior_shift(logarithms[known], shares)
        moved = probabilities(logarithms, 1.0, level)
        errors["expected_calibration_error_aligned"] = measure_calibration(y, moved, resamples)
    values |= {name: error.values() for name, error in errors.items()}
    return Judgement(y, found, classes, resamples, values, errors, seed)
