"""The algorithms that are tried, each giving one score per class on the scale of logarithms."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from customer_personas.prediction.choice import ChoiceModel

# Added to every share of a leaf before its logarithm is taken: no class is ever impossible.
SHARE_FLOOR = 0.005
# A class that the training rows of a fold do not show scores so much below the others.
UNSEEN_PENALTY = 3.0
LANDMARKS = 200
FOREST_ROWS = 8_000

# The simplest of each algorithm first: of equals it is the one chosen.
GRIDS: dict[str, dict[str, list[Any]]] = {
    "decision_tree": {"min_samples_leaf": [0.02, 0.005], "ccp_alpha": [0.001, 0.0004, 0.0001]},
    "linear_svm": {"C": [0.0001, 0.001, 0.01, 0.1]},
    "rbf_svm": {"gamma_times_inputs": [0.1, 0.3], "C": [0.01, 0.1]},
    "logistic_regression": {"C": [0.0001, 0.001, 0.01, 0.1, 1.0]},
    "random_forest": {"max_leaf_nodes": [24, 64]},
    "gradient_boosting": {"max_iter": [30, 80], "max_leaf_nodes": [4, 10]},
    "choice_model": {"C": [0.001, 0.1]},
}
TREES = ("decision_tree", "random_forest", "gradient_boosting")
LINEAR = ("logistic_regression", "linear_svm", "choice_model")


@dataclass(frozen=True)
class Fitted:
    """A fitted estimator of scikit-learn.

    Parameters
    ----------
    algorithm : str
        One of `GRIDS`.
    estimator : sklearn.base.BaseEstimator
        The fitted estimator; its classes are positions.
    class_count : int
        Number of classes, those that it has not seen included.
    """

    algorithm: str
    estimator: BaseEstimator
    class_count: int
    # what is learnt may be moved to any level
    keeps_order: ClassVar[bool] = False

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray
            The inputs.

        Returns
        -------
        numpy.ndarray
            One column per class: decision values, or logarithms of shares. Of two classes the first
            has the score 0.
        """
        if not len(X):
            return np.zeros((0, self.class_count))
        if hasattr(self.estimator, "decision_function"):
            seen = self.estimator.decision_function(X)
        else:
            seen = np.log(self.estimator.predict_proba(X) + SHARE_FLOOR)
        if seen.ndim == 1:
            seen = np.column_stack([np.zeros(len(X)), seen])
        scores = np.repeat(
            seen.min(axis=1, keepdims=True) - UNSEEN_PENALTY, self.class_count, axis=1
        )
        scores[:, self.estimator.classes_] = seen
        return scores - scores[:, :1] if self.class_count == 2 else scores


def grid(algorithm: str, class_count: int) -> Iterator[dict[str, Any]]:
    """List the hyper-parameters to try.

    Parameters
    ----------
    algorithm : str
        One of `GRIDS`.
    class_count : int
        Number of classes.

    Yields
    ------
    dict
        Hyper-parameters by name.
    """
    values = GRIDS[algorithm]
    if algorithm == "gradient_boosting" and class_count > 2:
        # a tree per class and round: the short way is long enough
        values = values | {"max_iter": values["max_iter"][:1]}
    for combination in product(*values.values()):
        yield dict(zip(values, combination, strict=True))


def fit(
    algorithm: str,
    hyper_parameters: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    class_count: int,
    seed: int,
) -> Fitted:
    """Fit one estimator.

    Parameters
    ----------
    algorithm : str
        One of `GRIDS`.
    hyper_parameters : dict
        One of its combinations.
    X, y : numpy.ndarray
        Inputs and positions of the classes; at least two classes.
    class_count : int
        Number of classes.
    seed : int
        Seed of whatever is random.

    Returns
    -------
    Fitted
        The fitted estimator.
    """
    estimator = _estimator(algorithm, hyper_parameters, X, seed)
    return Fitted(algorithm, estimator.fit(X, y), class_count)


def _estimator(
    algorithm: str, hyper_parameters: dict[str, Any], X: np.ndarray, seed: int
) -> BaseEstimator:
    """Make an estimator for rows like these."""
    rows, inputs = X.shape
    match algorithm:
        case "decision_tree":
            return DecisionTreeClassifier(**hyper_parameters, max_depth=12, random_state=seed)
        case "linear_svm":
            svm = LinearSVC(**hyper_parameters, dual=False, random_state=seed)
            return make_pipeline(StandardScaler(), svm)
        case "rbf_svm":
            landmarks = Nystroem(
                gamma=hyper_parameters["gamma_times_inputs"] / inputs,
                n_components=min(LANDMARKS, rows),
                random_state=seed,
            )
            svm = LinearSVC(C=hyper_parameters["C"], dual=False, random_state=seed)
            return make_pipeline(StandardScaler(), landmarks, svm)
        case "logistic_regression":
            return make_pipeline(
                StandardScaler(), LogisticRegression(**hyper_parameters, max_iter=500, tol=1e-3)
            )
        case "choice_model":
            return ChoiceModel(**hyper_parameters)
        case "random_forest":
            return RandomForestClassifier(
                **hyper_parameters,
                n_estimators=40,
                min_samples_leaf=max(3, min(20, rows // 200)),
                max_samples=min(rows, FOREST_ROWS),
                random_state=seed,
            )
        case "gradient_boosting":
            return HistGradientBoostingClassifier(
                **hyper_parameters,
                learning_rate=0.1,
                min_samples_leaf=max(3, min(50, rows // 100)),
                l2_regularization=1.0,
                early_stopping=False,
                random_state=seed,
            )
    raise ValueError(f"Unknown algorithm {algorithm!r}; known are {', '.join(GRIDS)}.")
