"""A single decision tree, pruned: the model that is read most easily."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.estimator_model import SHARE_FLOOR
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.sql import select_scores
from customer_personas.prediction.model_parts.trees import Tree, TreesModel, tree_of
from customer_personas.sql import double, identifier, number

DEPTH = 12


@dataclass(frozen=True)
class DecisionTreeModel(TreesModel):
    """A fitted tree; its scores are logarithms of the shares in its leaves."""

    def read_trees(self) -> list[Tree]:
        """Read the tree.

        Returns
        -------
        list of Tree
            The only one.
        """
        return [tree_of(self.fitted)]

    def leaves(self, X: np.ndarray) -> np.ndarray:
        """Find the leaf of each row.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, 1)
            Numbers of nodes.
        """
        return self.fitted.apply(X)[:, None]

    def scores_sql(self) -> str:
        """Write the tree as nested CASE, then the logarithms of the shares it gives.

        Returns
        -------
        str
            The common table expressions ``leaves`` and ``scores``.
        """
        (tree,) = self.trees
        floor = number(SHARE_FLOOR)
        if self.class_count == 2:
            said = tree_case(tree, self.encoding.names, lambda node: number(tree.values[node, 1]))
            scores = ["0e0", f"ln(share + {floor}) - ln(1 - share + {floor})"]
            column = "share"
        else:
            said = tree_case(tree, self.encoding.names, lambda node: _list(tree.values[node]))
            scores = [f"ln(shares[{k + 1}] + {floor})" for k in range(self.class_count)]
            column = "shares"
        return f"""leaves as (
    select
        customer_id,
        {said} as {column}
    from inputs
),

{select_scores(scores, "leaves")}"""


class DecisionTree(Algorithm):
    """Classification and regression trees with cost-complexity pruning (Breiman et al. 1984)."""

    name = "decision_tree"
    grid: ClassVar = {"min_samples_leaf": [0.02, 0.005], "ccp_alpha": [0.001, 0.0004, 0.0001]}
    trusted_types = ("sklearn.tree._tree.Tree",)

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> DecisionTreeModel:
        """Fit a tree; see `Algorithm.fit`."""
        tree = DecisionTreeClassifier(**settings, max_depth=DEPTH, random_state=target.seed)
        return self.restore(encoding, rows.class_count, tree.fit(rows.X, rows.y))

    def fit_each(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Sequence[Settings]
    ) -> Iterator[DecisionTreeModel]:
        """Grow a tree once and prune it more or less; see `Algorithm.fit_each`."""
        grown: dict[float, DecisionTreeModel] = {}
        for each in settings:
            least = each["min_samples_leaf"]
            if least not in grown:
                grown[least] = self.fit(target, encoding, rows, each | {"ccp_alpha": 0.0})
            tree = copy(grown[least].fitted).set_params(**each)
            tree._prune_tree()  # what scikit-learn does at the end of a fit
            yield self.restore(encoding, rows.class_count, tree)

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> DecisionTreeModel:
        """Make the model of a tree; see `Algorithm.restore`."""
        return DecisionTreeModel(encoding, class_count, estimator)


def tree_case(tree: Tree, names: Sequence[str], leaf: Callable[[int], str], node: int = 0) -> str:
    """Write a tree as nested CASE.

    Parameters
    ----------
    tree : Tree
        The tree.
    names : sequence of str
        Names of the inputs.
    leaf : callable
        Gives the SQL of a leaf from its number.
    node : int
        Where to start; 0 is the root.

    Returns
    -------
    str
        An expression.
    """
    if tree.left[node] < 0:
        return leaf(node)
    column = identifier(names[tree.feature[node]])
    left = tree_case(tree, names, leaf, int(tree.left[node]))
    right = tree_case(tree, names, leaf, int(tree.right[node]))
    return f"case when {column} <= {number(tree.threshold[node])} then {left} else {right} end"


def _list(values: np.ndarray) -> str:
    return f"[{', '.join(map(double, values))}]"
