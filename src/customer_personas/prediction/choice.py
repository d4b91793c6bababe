"""Choice among classes by what a customer did about each of them, weighed alike for all."""

from collections.abc import Sequence

import duckdb
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from customer_personas.features.encoding import Encoding, Input

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


class ChoiceModel(ClassifierMixin, BaseEstimator):
    """Logistic regression with one weight per aspect, the same for every class.

    Each row is read once per class: is this the one? The inputs are the aspects of that class
    alone, so that what is learnt about a habit of one class holds for all. A multinomial regression
    has a weight for each pair of classes instead and, with it, a level per class, which moves with
    the season.

    Parameters
    ----------
    aspects : sequence of sequence of int
        For each class the columns of its inputs, in the same order; empty for a class
        without any, which gets a level only.
    C : float
        Inverse strength of the penalty on the weights.

    Attributes
    ----------
    coef_ : numpy.ndarray
        One row per class, one column per input.
    intercept_ : numpy.ndarray
        One number per class.
    means_ : numpy.ndarray
        Mean of each input among the training rows.
    classes_ : numpy.ndarray
        Positions of all classes.

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior".
    """

    def __init__(self, aspects: Sequence[Sequence[int]] = (), C: float = 1.0):
        self.aspects = aspects
        self.C = C

    def fit(self, X: np.ndarray, y: np.ndarray) -> "ChoiceModel":
        """Learn the weights.

        Parameters
        ----------
        X, y : numpy.ndarray
            Inputs and positions of the classes.

        Returns
        -------
        ChoiceModel
            Itself.
        """
        count = len(self.aspects)
        own = [position for position, columns in enumerate(self.aspects) if len(columns)]
        others = [position for position in range(count) if position not in own]
        columns = np.array([self.aspects[position] for position in own])
        values = X[:, columns].reshape(-1, columns.shape[1])
        means, scales = values.mean(axis=0), values.std(axis=0)
        scales[scales == 0] = 1.0
        aspects = np.zeros((len(X), count, columns.shape[1]))
        aspects[:, own] = (X[:, columns] - means) / scales
        levels = np.broadcast_to(np.eye(count)[:, others], (len(X), count, len(others)))
        stacked = np.concatenate([aspects, levels], axis=2).reshape(len(X) * count, -1)
        is_it = (y[:, None] == np.arange(count)).ravel()
        model = LogisticRegression(C=self.C, max_iter=500, tol=1e-4).fit(stacked, is_it)
        weights = model.coef_[0, : columns.shape[1]] / scales
        self.coef_ = np.zeros((count, X.shape[1]))
        self.coef_[np.array(own)[:, None], columns] = weights
        self.intercept_ = np.zeros(count)
        self.intercept_[own] = -weights @ means
        self.intercept_[others] = model.coef_[0, columns.shape[1] :]
        self.means_ = X.mean(axis=0)
        self.classes_ = np.arange(count)
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray
            The inputs.

        Returns
        -------
        numpy.ndarray
            One column per class.
        """
        return X @ self.coef_.T + self.intercept_


def choice_features(
    catalog: duckdb.DuckDBPyRelation, columns: Sequence[str]
) -> dict[str, list[str]]:
    """Find the features that say what customers did about a category.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    columns : sequence of str
        Features that there are.

    Returns
    -------
    dict
        One feature per aspect, in their order, by product category; categories that lack one are
        left out.
    """
    rows = catalog.filter("product_category is not null")
    found: dict[str, dict[str, str]] = {}
    for category, feature in (
        rows.project("product_category, feature_name").order("feature_name").fetchall()
    ):
        for aspect in ASPECTS:
            if feature.startswith(f"{aspect}_") and feature in columns:
                found.setdefault(category, {})[aspect] = feature
    return {
        category: [own[aspect] for aspect in ASPECTS]
        for category, own in found.items()
        if len(own) == len(ASPECTS)
    }


def choice_encoding(
    classes: Sequence[str], features: dict[str, list[str]], shares: np.ndarray
) -> tuple[Encoding, tuple[tuple[int, ...], ...]]:
    """Give the inputs of a choice model.

    Parameters
    ----------
    classes : sequence of str
        Names of the classes.
    features : dict
        Names of the features in the order of aspects, by class.
    shares : numpy.ndarray
        Everybody's class shares: what is assumed of customers who did nothing yet.

    Returns
    -------
    encoding : Encoding
        The inputs.
    aspects : tuple of tuple of int
        For each class the columns of its inputs; empty for a class without any.
    """
    inputs: list[Input] = []
    aspects = []
    for position, name in enumerate(classes):
        own = features.get(name)
        if own is None:
            aspects.append(())
            continue
        aspects.append(tuple(range(len(inputs), len(inputs) + len(INPUTS))))
        inputs += [
            Input(
                f"aspect_{position}_{number}",
                own[ASPECTS.index(aspect)],
                "",
                "number",
                transform=transform,
                low=LEAST_SHARE,
                high=1.0,
                fill=float(shares[position]),
            )
            for number, (aspect, transform) in enumerate(INPUTS)
        ]
    return Encoding(tuple(inputs)), tuple(aspects)
