"""Boosted trees on histograms, scored by scikit-learn."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.trees import Tree, TreesModel


@dataclass(frozen=True)
class GradientBoostingModel(TreesModel):
    """A fitted boosting; its scores are its decision values."""

    def read_trees(self) -> list[Tree]:
        """Read the trees.

        Returns
        -------
        list of Tree
            What each adds to the score of its class.
        """
        # scikit-learn shows the trees of this estimator nowhere else
        return [
            _boosted_tree(tree.nodes, 1 if len(each) == 1 else position, self.class_count)
            for each in self.fitted._predictors
            for position, tree in enumerate(each)
        ]

    def leaves(self, X: np.ndarray) -> np.ndarray:
        """Find the leaf of each row in each tree.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, trees)
            Numbers of nodes.
        """
        return np.column_stack([_leaves(tree, X) for tree in self.trees])


class GradientBoosting(Algorithm):
    """Gradient boosting (Friedman 2001) on histograms (Ke et al. 2017)."""

    name = "gradient_boosting"
    grid: ClassVar = {"max_iter": [20, 40], "max_leaf_nodes": [4, 8]}
    trusted_types = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)

    def settings(self, class_count: int) -> list[Settings]:
        """List the hyper-parameters to try; see `Algorithm.settings`.

        Parameters
        ----------
        class_count : int
            Number of classes: with more than two a round has a tree for each of them, and the
            simplest is enough.

        Returns
        -------
        list of dict
            Hyper-parameters by name, the simplest first.
        """
        listed = super().settings(class_count)
        return listed if class_count == 2 else listed[:1]

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> GradientBoostingModel:
        """Fit a boosting; see `Algorithm.fit`."""
        boosting = HistGradientBoostingClassifier(
            **settings,
            learning_rate=0.15,
            # each split sees some inputs only, as in a random forest; few leaves need few bins
            max_features=0.3,
            max_bins=32,
            min_samples_leaf=max(3, min(50, len(rows.X) // 100)),
            l2_regularization=5.0,
            early_stopping=False,
            random_state=target.seed,
        )
        return self.restore(encoding, rows.class_count, boosting.fit(rows.X, rows.y))

    def fit_each(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Sequence[Settings]
    ) -> Iterator[GradientBoostingModel]:
        """Fit the most rounds and cut the way off for fewer; see `Algorithm.fit_each`."""
        longest: dict[int, GradientBoostingModel] = {}
        for each in settings:
            size, rounds = each["max_leaf_nodes"], each["max_iter"]
            most = max(one["max_iter"] for one in settings if one["max_leaf_nodes"] == size)
            if size not in longest:
                longest[size] = self.fit(target, encoding, rows, each | {"max_iter": most})
            yield longest[size] if rounds == most else _first_rounds(longest[size], rounds)

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> GradientBoostingModel:
        """Make the model of a boosting; see `Algorithm.restore`."""
        return GradientBoostingModel(encoding, class_count, estimator)


def _first_rounds(model: GradientBoostingModel, rounds: int) -> GradientBoostingModel:
    """Give what a fit of fewer rounds would have given."""
    shorter = copy(model.fitted).set_params(max_iter=rounds)
    shorter._predictors = shorter._predictors[:rounds]
    return GradientBoostingModel(model.encoding, model.class_count, shorter)


def _boosted_tree(nodes: np.ndarray, position: int, class_count: int) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, -1, nodes["left"].astype(int))
    right = np.where(leaf, -1, nodes["right"].astype(int))
    weight = nodes["count"].astype(float)
    values = np.zeros((len(nodes), class_count))
    values[:, position] = nodes["value"]
    # children come after their parents: an inner node says the mean of its leaves
    for node in np.flatnonzero(~leaf)[::-1]:
        below = [left[node], right[node]]
        values[node] = weight[below] @ values[below] / weight[below].sum()
    return Tree(nodes["feature_idx"].astype(int), nodes["num_threshold"], left, right, values)


def _leaves(tree: Tree, X: np.ndarray) -> np.ndarray:
    """Walk all rows down a tree, level by level."""
    node = np.zeros(len(X), dtype=int)
    walking = np.arange(len(X)) if tree.left[0] >= 0 else np.arange(0)
    while len(walking):
        at = node[walking]
        goes_left = X[walking, tree.feature[at]] <= tree.threshold[at]
        node[walking] = np.where(goes_left, tree.left[at], tree.right[at])
        walking = walking[tree.left[node[walking]] >= 0]
    return node
