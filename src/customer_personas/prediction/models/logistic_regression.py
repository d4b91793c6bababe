"""Logistic regression on standardised inputs."""

from typing import ClassVar

from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression as Estimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.linear import StandardisedLinearModel


class LogisticRegression(Algorithm):
    """Multinomial logistic regression with a ridge penalty."""

    name = "logistic_regression"
    grid: ClassVar = {"C": [0.0001, 0.001, 0.01, 0.1, 1.0]}

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> StandardisedLinearModel:
        """Fit a regression; see `Algorithm.fit`."""
        pipeline = make_pipeline(StandardScaler(), Estimator(**settings, max_iter=500, tol=1e-3))
        return self.restore(encoding, rows.class_count, pipeline.fit(rows.X, rows.y))

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> StandardisedLinearModel:
        """Make the model of a regression; see `Algorithm.restore`."""
        return StandardisedLinearModel(encoding, class_count, estimator)
