"""A support vector machine with a Gaussian kernel, approximated by landmarks.

It is scored by scikit-learn: 100 landmarks of 100 inputs are no reading matter.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from sklearn.base import BaseEstimator
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.estimator_model import EstimatorModel
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)

LANDMARKS = 100


class RbfSvm(Algorithm):
    """A linear machine on the similarities to a sample of rows (Williams and Seeger 2001)."""

    name = "rbf_svm"
    grid: ClassVar = {"gamma_times_inputs": [0.1, 0.3], "C": [0.01, 0.1]}
    # a kernel has no exact contributions: a linear model of the same inputs gives the reasons
    explained_by = ("logistic_regression", "linear_svm")

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> EstimatorModel:
        """Fit a machine; see `Algorithm.fit`."""
        (model,) = self.fit_each(target, encoding, rows, [settings])
        return model

    def fit_each(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Sequence[Settings]
    ) -> Iterator[EstimatorModel]:
        """Compute the similarities once for each width of the kernel; see `Algorithm.fit_each`."""
        scaler = StandardScaler().fit(rows.X)
        X = scaler.transform(rows.X)
        width, landmarks, similarities = None, None, None
        for each in settings:
            if each["gamma_times_inputs"] != width:
                width = each["gamma_times_inputs"]
                landmarks = Nystroem(
                    gamma=width / X.shape[1],
                    n_components=min(LANDMARKS, len(X)),
                    random_state=target.seed,
                )
                similarities = landmarks.fit_transform(X)
            svm = LinearSVC(C=each["C"], dual=False, tol=1e-2, random_state=target.seed)
            svm.fit(similarities, rows.y)
            pipeline = make_pipeline(scaler, landmarks, svm)
            yield self.restore(encoding, rows.class_count, pipeline)

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> EstimatorModel:
        """Make the model of a machine; see `Algorithm.restore`."""
        return EstimatorModel(encoding, class_count, estimator)
