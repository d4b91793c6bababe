"""The baseline that knows how much a customer was sent, and how often they answered."""

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

ANSWERED, SENT = "contacts_answered", "contacts_sent"


class RespondedBefore(Algorithm):
    """A logistic regression on earlier contacts and answers, of targets of kind response."""

    name = "responded_before"
    is_baseline = True

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether anybody answered before; see `Algorithm.suits`."""
        return target.kind == "response" and ANSWERED in encoding.features

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the inputs made of the two counts; see `Algorithm.inputs`."""
        counts = (ANSWERED, SENT)
        return encoding.keep([each.name for each in encoding.inputs if each.feature in counts])

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
