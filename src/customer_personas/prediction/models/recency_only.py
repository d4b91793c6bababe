"""The baseline that knows how long ago the last order was."""

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

FEATURE = "recency_days"


class RecencyOnly(Algorithm):
    """A logistic regression on `FEATURE`, of two classes that look ahead."""

    name = "recency_only"
    is_baseline = True

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether there is a recency; see `Algorithm.suits`."""
        is_known = FEATURE in encoding.features
        return target.kind == "future" and target.class_count == 2 and is_known

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the inputs made of recency; see `Algorithm.inputs`."""
        return encoding.keep([each.name for each in encoding.inputs if each.feature == FEATURE])

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
