"""What models of trees share: their paths, and what each input contributes along them.

A split adds what the node below says beyond the node above; the sum along the path is what the leaf
says beyond the root (Saabas 2014, "Interpreting random forests").
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from customer_personas.prediction.model_parts.estimator_model import EstimatorModel

# Less than this changes no reason.
NEGLIGIBLE = 1e-4


@dataclass(frozen=True)
class Tree:
    """A binary tree over inputs: below or at the threshold goes left.

    Parameters
    ----------
    feature, left, right : numpy.ndarray of shape (nodes,)
        Input and children of each node; children are -1 in leaves.
    threshold : numpy.ndarray of shape (nodes,)
        Threshold of each node.
    values : numpy.ndarray of shape (nodes, classes)
        What a node says.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray

    def path_contributions(self) -> np.ndarray:
        """Say what each input adds on the way to each node.

        Returns
        -------
        numpy.ndarray of shape (nodes, classes, inputs used)
            Contributions beyond the mean over the classes, those that are negligible left out;
            inputs in the order of `used`.
        """
        values = self.values - self.values.mean(axis=1, keepdims=True)
        place = {feature: number for number, feature in enumerate(self.used)}
        added = np.zeros((*values.shape, len(place)))
        for parent in self.top_down():
            own = place[int(self.feature[parent])]
            for child in (self.left[parent], self.right[parent]):
                added[child] = added[parent]
                added[child, :, own] += values[child] - values[parent]
        added[np.abs(added) < NEGLIGIBLE] = 0
        return added

    def top_down(self) -> list[int]:
        """List the nodes that split, parents first.

        Returns
        -------
        list of int
            Numbers of nodes.
        """
        found, waiting = [], [0]
        while waiting:
            node = waiting.pop()
            if self.left[node] >= 0:
                found.append(node)
                waiting += [int(self.left[node]), int(self.right[node])]
        return found

    @property
    def used(self) -> list[int]:
        """Positions of the inputs that the tree splits by, in their order."""
        return sorted({int(self.feature[node]) for node in self.top_down()})


@dataclass(frozen=True)
class TreesModel(EstimatorModel):
    """A model of one or many trees."""

    is_explained = True

    @abstractmethod
    def read_trees(self) -> Sequence[Tree]:
        """Read the trees out of the estimator, which has seen every class.

        Returns
        -------
        sequence of Tree
            The trees.
        """

    @cached_property
    def trees(self) -> Sequence[Tree]:
        """The trees."""
        return self.read_trees()

    @abstractmethod
    def leaves(self, X: np.ndarray) -> np.ndarray:
        """Find where rows end.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, trees)
            Numbers of nodes.
        """

    def used_inputs(self) -> list[str]:
        """List the inputs that some tree splits by.

        Returns
        -------
        list of str
            Names of inputs, in their order.
        """
        used = {place for tree in self.trees for place in tree.used}
        return [name for place, name in enumerate(self.encoding.names) if place in used]

    def contributions(self, X: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Add up what each input says along the paths of all trees.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.
        predicted : numpy.ndarray of shape (rows,)
            Position of the class of each row.

        Returns
        -------
        numpy.ndarray of shape (rows, inputs)
            Contributions to the sum over the trees.
        """
        starts, paths = self._paths
        # a leaf and a class are one row of `paths`; each customer's rows of it are added up
        chosen = (starts + self.leaves(X)) * self.class_count + predicted[:, None]
        rows = np.arange(len(X) + 1) * chosen.shape[1]
        picks = csr_array(
            (np.ones(chosen.size), chosen.ravel(), rows), shape=(len(X), paths.shape[0])
        )
        return (picks @ paths).toarray()

    @cached_property
    def _paths(self) -> tuple[np.ndarray, csr_array]:
        """First node of each tree, and contributions by node and class of all trees."""
        sizes = [len(tree.left) for tree in self.trees]
        places, inputs, values = [], [], []
        starts = np.cumsum([0, *sizes[:-1]])
        for start, tree in zip(starts, self.trees, strict=True):
            added = tree.path_contributions()
            node, position, own = np.nonzero(added)
            places.append((start + node) * self.class_count + position)
            inputs.append(np.array(tree.used, dtype=int)[own])
            values.append(added[node, position, own])
        shape = (sum(sizes) * self.class_count, len(self.encoding.inputs))
        where = (np.concatenate(places), np.concatenate(inputs))
        return starts, csr_array((np.concatenate(values), where), shape=shape)


def tree_of(estimator: object) -> Tree:
    """Read a tree of scikit-learn.

    Parameters
    ----------
    estimator : sklearn.tree.DecisionTreeClassifier
        The fitted tree.

    Returns
    -------
    Tree
        Its nodes say the shares of the classes.
    """
    tree = estimator.tree_  # type: ignore[attr-defined]
    return Tree(
        tree.feature,
        tree.threshold,
        tree.children_left,
        tree.children_right,
        tree.value[:, 0, :],
    )
