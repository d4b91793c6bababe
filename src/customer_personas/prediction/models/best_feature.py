"""The baseline that knows one feature: the one that tells most."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier

from customer_personas.features.encoding import Encoding
from customer_personas.features.sampling import take_evenly
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.models.decision_tree import DecisionTree, DecisionTreeModel

# Features are compared on so many rows, of which every third judges.
COMPARED_ROWS = 6_000
DEPTH = 4
SETTINGS = {"min_samples_leaf": 0.02, "ccp_alpha": 0.0004}


class BestFeature(Algorithm):
    """A small tree of the single feature that tells most, of declared labels: what a rule does."""

    name = "best_feature"
    is_baseline = True
    # it is learnt itself, so that nothing would stop what it finds by chance
    is_shown_only = True
    trusted_types = DecisionTree.trusted_types

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether there is a feature; see `Algorithm.suits`."""
        return target.kind == "declared" and bool(encoding.inputs)

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> DecisionTreeModel:
        """Choose a feature on some of the rows, and fit a tree of it; see `Algorithm.fit`."""
        feature = choose_feature(target, encoding, rows)
        places = [n for n, each in enumerate(encoding.inputs) if each.feature == feature]
        own = TrainingRows(rows.X[:, places], rows.y, rows.is_newest, rows.class_count)
        kept = encoding.keep([encoding.names[place] for place in places])
        return DecisionTree().fit(target, kept, own, SETTINGS)

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> DecisionTreeModel:
        """Make the model of a tree; see `Algorithm.restore`."""
        return DecisionTree().restore(encoding, class_count, estimator)


def choose_feature(target: Target, encoding: Encoding, rows: TrainingRows) -> str:
    """Choose the feature whose small tree has the least log loss on rows held out.

    Parameters
    ----------
    target : Target
        The target.
    encoding : Encoding
        The inputs, one at least.
    rows : TrainingRows
        The rows to learn from.

    Returns
    -------
    str
        Its name; of equals the first by name.
    """
    taken = take_evenly(np.arange(len(rows.y)), COMPARED_ROWS)
    X, y = rows.X[taken], rows.y[taken]
    held_out = np.arange(len(y)) % 3 == 0
    if len(set(y[~held_out])) < 2:
        held_out[:] = False
    judge = held_out if held_out.any() else ~held_out
    losses = {}
    for feature in sorted({each.feature for each in encoding.inputs}):
        own = [n for n, each in enumerate(encoding.inputs) if each.feature == feature]
        tree = DecisionTreeClassifier(
            max_depth=DEPTH,
            min_samples_leaf=SETTINGS["min_samples_leaf"],
            random_state=target.seed,
        ).fit(X[~held_out][:, own], y[~held_out])
        shares = np.zeros((int(judge.sum()), rows.class_count))
        shares[:, tree.classes_] = tree.predict_proba(X[judge][:, own])
        true = shares[np.arange(len(shares)), y[judge]]
        losses[feature] = float(-np.log(np.maximum(true, 1e-3)).mean())
    return min(losses, key=lambda feature: losses[feature])
