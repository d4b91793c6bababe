"""Models that an estimator of scikit-learn scores."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator

from customer_personas.prediction.model_parts.interface import FittedModel

# Added to every share of a leaf before its logarithm is taken: no class is ever impossible.
SHARE_FLOOR = 0.005
# A class that the training rows of a fold do not show scores so much below the others.
UNSEEN_PENALTY = 3.0


@dataclass(frozen=True)
class EstimatorModel(FittedModel):
    """A model whose scores are decision values, or logarithms of predicted shares."""

    @property
    def fitted(self) -> BaseEstimator:
        """The estimator, which such a model always has."""
        assert self.estimator is not None
        return self.estimator

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Of two classes the first has the score 0. A class that no training row showed lies
            `UNSEEN_PENALTY` below the least.
        """
        if not len(X):
            return np.zeros((0, self.class_count))
        seen = self.raw_scores(X)
        if seen.ndim == 1:
            seen = np.column_stack([np.zeros(len(X)), seen])
        lowest = seen.min(axis=1, keepdims=True) - UNSEEN_PENALTY
        scores = np.repeat(lowest, self.class_count, axis=1)
        scores[:, self.fitted.classes_] = seen
        return scores - scores[:, :1] if self.class_count == 2 else scores

    def raw_scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows for the classes that the training rows showed.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows,) or (rows, classes seen)
            Decision values, or logarithms of predicted shares.
        """
        if hasattr(self.fitted, "decision_function"):
            return self.fitted.decision_function(X)
        return np.log(self.fitted.predict_proba(X) + SHARE_FLOOR)
