"""A linear support vector machine on standardised inputs."""

from typing import ClassVar

from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.linear import StandardisedLinearModel


class LinearSvm(Algorithm):
    """Support vector machines with the squared hinge loss, one class against the rest."""

    name = "linear_svm"
    grid: ClassVar = {"C": [0.0001, 0.001, 0.01]}

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> StandardisedLinearModel:
        """Fit a machine; see `Algorithm.fit`."""
        svm = LinearSVC(**settings, dual=False, tol=1e-2, random_state=target.seed)
        pipeline = make_pipeline(StandardScaler(), svm)
        return self.restore(encoding, rows.class_count, pipeline.fit(rows.X, rows.y))

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> StandardisedLinearModel:
        """Make the model of a machine; see `Algorithm.restore`."""
        return StandardisedLinearModel(encoding, class_count, estimator)
