"""The baselines that are a logistic regression on a few features that anybody would look at."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.linear import StandardisedLinearModel
from customer_personas.prediction.models.logistic_regression import LogisticRegression


class PlainRegression(Algorithm):
    """A logistic regression on `features`, nothing of which is searched for."""

    is_baseline = True
    features: Sequence[str]

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the inputs made of the features; see `Algorithm.inputs`."""
        return encoding.keep(
            [each.name for each in encoding.inputs if each.feature in self.features]
        )

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> StandardisedLinearModel:
        """Fit a regression; see `Algorithm.fit`."""
        return LogisticRegression().fit(target, encoding, rows, {"C": 1.0})

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> StandardisedLinearModel:
        """Make the model of a regression; see `Algorithm.restore`."""
        return LogisticRegression().restore(encoding, class_count, estimator)
