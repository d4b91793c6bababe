"""Choice among classes by what a customer did about each of them, weighed alike for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from customer_personas.features.encoding import Encoding, Input
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.linear import LinearModel, Terms

# What a customer did about a category, each a share with a bit of everybody's mix added.
ASPECTS = (
    "habit_ever",
    "habit_180d",
    "habit_last",
    "habit_year_before",
    "habit_selling",
    "interest_share",
)
# An aspect enters as its logarithm. The habit also enters as it is: logarithms tell small shares
# apart, the share itself which of the large ones leads.
INPUTS = (*((aspect, "log") for aspect in ASPECTS), ("habit_ever", "none"))
# Shares below this say no more than that there is hardly anything.
LEAST_SHARE = 1e-5


class ChoiceClassifier(ClassifierMixin, BaseEstimator):
    """Logistic regression with one weight per aspect, the same for every class.

    Each row is read once per class: is this the one? The inputs are the aspects of that class
    alone, so that what is learnt about a habit of one class holds for all. A multinomial regression
    has a weight for each pair of classes instead and, with it, a level per class, which moves with
    the season.

    Parameters
    ----------
    aspects : sequence of sequence of int, optional
        For each class the columns of its inputs, in the same order; empty for a class without any,
        which gets a level only. Labels are then positions in this list, and a class may lack in the
        training rows. Without it the classes are those of the training rows, with levels only.
    C : float
        Inverse strength of the penalty on the weights.

    Attributes
    ----------
    coef_ : numpy.ndarray of shape (classes, inputs)
        The weights.
    intercept_ : numpy.ndarray of shape (classes,)
        The levels.
    means_ : numpy.ndarray of shape (inputs,)
        Mean of each input among the training rows.
    classes_ : numpy.ndarray of shape (classes,)
        The classes.

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior".

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7]])
    >>> model = ChoiceClassifier(aspects=[[0], [1]]).fit(X, [0, 0, 1, 1])
    >>> model.predict([[0.6, 0.4]])
    array([0])
    """

    def __init__(self, aspects: Sequence[Sequence[int]] | None = None, C: float = 1.0):
        self.aspects = aspects
        self.C = C

    def __sklearn_tags__(self) -> Tags:
        """Say that without aspects there is nothing to learn but levels."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self.aspects is None
        return tags

    def fit(self, X: np.ndarray, y: np.ndarray) -> "ChoiceClassifier":
        """Learn the weights.

        Parameters
        ----------
        X : array-like of shape (rows, inputs)
            The inputs.
        y : array-like of shape (rows,)
            The classes.

        Returns
        -------
        ChoiceClassifier
            Itself.

        Raises
        ------
        ValueError
            Where there is only one class.
        """
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        if self.aspects is None:
            self.classes_, positions = np.unique(y, return_inverse=True)
            own_columns: Sequence[Sequence[int]] = [()] * len(self.classes_)
        else:
            self.classes_, positions = np.arange(len(self.aspects)), y
            own_columns = self.aspects
        count = len(self.classes_)
        if count < 2:
            raise ValueError(f"A choice needs at least two classes, not {count} class.")
        own = [place for place, columns in enumerate(own_columns) if len(columns)]
        others = [place for place in range(count) if place not in own]
        width = len(own_columns[own[0]]) if own else 0
        columns = np.array([own_columns[place] for place in own], dtype=int)
        columns = columns.reshape(len(own), width)
        means, scales = np.zeros(width), np.ones(width)
        aspects = np.zeros((len(X), count, width))
        if own:
            values = X[:, columns].reshape(-1, width)
            means, scales = values.mean(axis=0), values.std(axis=0)
            scales[scales == 0] = 1.0
            aspects[:, own] = (X[:, columns] - means) / scales
        levels = np.broadcast_to(np.eye(count)[:, others], (len(X), count, len(others)))
        stacked = np.concatenate([aspects, levels], axis=2).reshape(len(X) * count, -1)
        is_it = (positions[:, None] == np.arange(count)).ravel()
        model = LogisticRegression(C=self.C, max_iter=500, tol=1e-4).fit(stacked, is_it)
        weights = model.coef_[0, :width] / scales
        self.coef_ = np.zeros((count, X.shape[1]))
        self.coef_[np.array(own, dtype=int)[:, None], columns] = weights
        self.intercept_ = np.zeros(count)
        self.intercept_[own] = -weights @ means
        self.intercept_[others] = model.coef_[0, width:]
        self.means_ = X.mean(axis=0)
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : array-like of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, classes), or (rows,) for two classes
            Utilities; of two classes that of the second less that of the first.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        utilities = X @ self.coef_.T + self.intercept_
        return utilities[:, 1] - utilities[:, 0] if len(self.classes_) == 2 else utilities

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Choose the class with the highest utility.

        Parameters
        ----------
        X : array-like of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows,)
            Classes.
        """
        found = self.decision_function(X)
        return self.classes_[(found > 0).astype(int) if found.ndim == 1 else found.argmax(axis=1)]


@dataclass(frozen=True)
class ChoiceModel(LinearModel):
    """A fitted choice among the classes of a target."""

    def terms(self) -> Terms:
        """Give the weights.

        Returns
        -------
        Terms
            Those of the estimator.
        """
        return Terms(self.fitted.coef_, self.fitted.intercept_, self.fitted.means_)


class Choice(Algorithm):
    """A conditional logit on what customers did about each category."""

    name = "choice_model"
    grid: ClassVar = {"C": [0.001, 0.1]}
    trusted_types = (f"{__name__}.ChoiceClassifier",)

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether something is known about most classes; see `Algorithm.suits`."""
        known = choice_features(target)
        return sum(name in known for name in target.classes) > target.class_count / 2

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Give each class its own inputs; see `Algorithm.inputs`."""
        known = choice_features(target)
        return Encoding(
            tuple(
                Input(
                    f"aspect_{position}_{number}",
                    known[name][ASPECTS.index(aspect)],
                    "",
                    "number",
                    transform=transform,
                    low=LEAST_SHARE,
                    high=1.0,
                    # what is assumed of customers who did nothing yet
                    fill=float(shares[position]),
                )
                for position, name in enumerate(target.classes)
                if name in known
                for number, (aspect, transform) in enumerate(INPUTS)
            )
        )

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> ChoiceModel:
        """Fit a choice; see `Algorithm.fit`."""
        model = ChoiceClassifier(own_columns(target), **settings)
        return self.restore(encoding, rows.class_count, model.fit(rows.X, rows.y))

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> ChoiceModel:
        """Make the model of a choice; see `Algorithm.restore`."""
        return ChoiceModel(encoding, class_count, estimator)


def choice_features(target: Target) -> dict[str, list[str]]:
    """Find the features that say what customers did about a category.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    dict
        One feature per aspect, in their order, by product category; categories that lack one are
        left out.
    """
    found: dict[str, dict[str, str]] = {}
    for category, _, feature in target.category_features:
        for aspect in ASPECTS:
            if feature.startswith(f"{aspect}_"):
                found.setdefault(category, {})[aspect] = feature
    return {
        category: [own[aspect] for aspect in ASPECTS]
        for category, own in found.items()
        if len(own) == len(ASPECTS)
    }


def own_columns(target: Target) -> list[list[int]]:
    """List the inputs of each class among those that `Choice.inputs` gives.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    list of list of int
        Columns by class, empty for a class without any.
    """
    known = choice_features(target)
    listed: list[list[int]] = []
    start = 0
    for name in target.classes:
        width = len(INPUTS) if name in known else 0
        listed.append(list(range(start, start + width)))
        start += width
    return listed
