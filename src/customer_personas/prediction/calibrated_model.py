"""A fitted model with its calibration: what predicts probabilities from features."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from customer_personas.features.encoding import Encoding, Input
from customer_personas.prediction.calibration import probabilities
from customer_personas.prediction.model_parts.interface import FittedModel
from customer_personas.prediction.model_parts.kept_estimators import load
from customer_personas.prediction.model_parts.sql import probabilities_sql
from customer_personas.prediction.models import REGISTRY


@dataclass(frozen=True)
class CalibratedModel:
    """A model with what turns its scores into probabilities.

    Parameters
    ----------
    model : FittedModel
        What scores.
    classes : list of str
        Names of the classes.
    inverse_temperature : float
        Factor on the scores.
    prior_shift : numpy.ndarray of shape (classes,)
        Offsets of the scaled scores, for the customers to be scored.
    """

    model: FittedModel
    classes: list[str]
    inverse_temperature: float
    prior_shift: np.ndarray

    @classmethod
    def restore(cls, row: dict[str, Any]) -> "CalibratedModel":
        """Read a model that is kept in the table of fits.

        Parameters
        ----------
        row : dict
            A row of the table, with an estimator.

        Returns
        -------
        CalibratedModel
            The model.
        """
        algorithm = REGISTRY[row["algorithm"]]
        model = algorithm.restore(
            Encoding(tuple(Input(**each) for each in row["inputs"])),
            len(row["classes"]),
            load(row["estimator"], algorithm.trusted_types),
        )
        prior_shift = np.array(row["prior_shift"])
        return cls(model, row["classes"], row["inverse_temperature"], prior_shift)

    def probabilities(self, X: np.ndarray, prior_shift: np.ndarray | None = None) -> np.ndarray:
        """Predict from inputs.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.
        prior_shift : numpy.ndarray of shape (classes,), optional
            Offsets for other customers than those to be scored.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Probabilities.
        """
        offsets = self.prior_shift if prior_shift is None else prior_shift
        return probabilities(self.model.scores(X), self.inverse_temperature, offsets)

    def sql(self) -> str | None:
        """Write the model as SQL.

        Returns
        -------
        str or None
            See `probabilities_sql`.
        """
        return probabilities_sql(
            self.model, self.classes, self.inverse_temperature, self.prior_shift
        )

    def predict(self, features: duckdb.DuckDBPyRelation) -> pd.DataFrame:
        """Predict with scikit-learn and numpy, whatever the model is scored by in a build.

        Parameters
        ----------
        features : duckdb.DuckDBPyRelation
            One row per customer.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``class`` and ``probability``, by customer and class.
        """
        X, rows = self.model.encoding.matrix(features, ["customer_id"])
        return pd.DataFrame(
            {
                "customer_id": np.repeat(rows["customer_id"].to_numpy(), len(self.classes)),
                "class": np.tile(self.classes, len(X)),
                "probability": self.probabilities(X).ravel(),
            }
        )
