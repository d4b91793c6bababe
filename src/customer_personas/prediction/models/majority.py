"""The baseline that knows the class shares only."""

from dataclasses import dataclass

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    FittedModel,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.sql import select_scores


@dataclass(frozen=True)
class MajorityModel(FittedModel):
    """Says the same of everybody; the prior shift correction makes it the expected shares."""

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, 0)
            Nothing.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Zeros.
        """
        return np.zeros((len(X), self.class_count))

    def scores_sql(self) -> str:
        """Write the zeros as SQL.

        Returns
        -------
        str
            The common table expression ``scores``.
        """
        return select_scores(["0e0"] * self.class_count)


class Majority(Algorithm):
    """The class shares of everybody."""

    name = "majority"
    is_baseline = True

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Look at nothing; see `Algorithm.inputs`."""
        return Encoding(())

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> MajorityModel:
        """Learn nothing; see `Algorithm.fit`."""
        return MajorityModel(encoding, rows.class_count)
