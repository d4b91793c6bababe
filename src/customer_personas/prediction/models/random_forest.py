"""A forest of random trees, scored by scikit-learn: 40 trees are no reading matter."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.trees import Tree, TreesModel, tree_of

TREES = 40
# Each tree sees so many rows at most.
TREE_ROWS = 3_000


@dataclass(frozen=True)
class RandomForestModel(TreesModel):
    """A fitted forest; its scores are logarithms of the mean shares in the leaves."""

    def read_trees(self) -> list[Tree]:
        """Read the trees.

        Returns
        -------
        list of Tree
            Shares of the classes in their nodes.
        """
        return [tree_of(each) for each in self.fitted.estimators_]

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
        return self.fitted.apply(X)


class RandomForest(Algorithm):
    """Random forests (Breiman 2001), grown best split first."""

    name = "random_forest"
    grid: ClassVar = {"max_leaf_nodes": [24, 64]}
    trusted_types = ("sklearn.tree._tree.Tree",)

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> RandomForestModel:
        """Fit a forest; see `Algorithm.fit`."""
        forest = RandomForestClassifier(
            **settings,
            n_estimators=TREES,
            min_samples_leaf=max(3, min(20, len(rows.X) // 200)),
            max_samples=min(len(rows.X), TREE_ROWS),
            random_state=target.seed,
        )
        return self.restore(encoding, rows.class_count, forest.fit(rows.X, rows.y))

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> RandomForestModel:
        """Make the model of a forest; see `Algorithm.restore`."""
        return RandomForestModel(encoding, class_count, estimator)
