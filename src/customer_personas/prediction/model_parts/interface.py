"""What the search, the pipeline and the scoring ask of every algorithm and baseline.

A file beside this one holds an algorithm with everything about it, and ``__init__.py`` lists them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import BaseEstimator

from customer_personas.features.encoding import Encoding

Settings = dict[str, Any]
# Labels look ahead, state what customers said themselves, or say who of those contacted answered.
Kind = Literal["future", "declared", "response"]


@dataclass(frozen=True)
class Target:
    """What is to be predicted.

    Parameters
    ----------
    name : str
        Name of the target.
    kind : Kind
        What its labels are.
    classes : list of str
        Names of the classes, sorted. Of two the second is the positive one.
    category_features : list of tuple
        Product category, family and name of each feature that is about a category, by name. Empty
        for all but those about the future: features of the past say little about an undated label,
        and a campaign is about no category of these.
    horizon_days : int
        Length of a label window.
    seed : int
        Seed of whatever is random.
    """

    name: str
    kind: Kind
    classes: list[str]
    category_features: list[tuple[str, str, str]]
    horizon_days: int
    seed: int

    @property
    def class_count(self) -> int:
        """Number of classes."""
        return len(self.classes)


@dataclass(frozen=True)
class TrainingRows:
    """Encoded rows to learn from.

    Parameters
    ----------
    X : numpy.ndarray of shape (rows, inputs)
        The inputs.
    y : numpy.ndarray of shape (rows,)
        Positions of the classes.
    is_newest : numpy.ndarray of shape (rows,)
        Mask of the rows of the newest date.
    class_count : int
        Number of classes, those that no row shows included.
    """

    X: np.ndarray
    y: np.ndarray
    is_newest: np.ndarray
    class_count: int


@dataclass(frozen=True)
class FittedModel(ABC):
    """A fitted algorithm or baseline.

    Parameters
    ----------
    encoding : Encoding
        Its inputs.
    class_count : int
        Number of classes.
    estimator : sklearn.base.BaseEstimator or None
        What scikit-learn fitted; None for a baseline that is a formula of its own.
    """

    encoding: Encoding
    class_count: int
    estimator: BaseEstimator | None = None

    # whether the scores are meant as they are: no prior shift correction is applied then
    keeps_priors: ClassVar[bool] = False
    # whether `contributions` are known; they are computed from the estimator
    is_explained: ClassVar[bool] = False

    @abstractmethod
    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Scores on the scale of logarithms of probabilities.
        """

    def scores_sql(self) -> str | None:
        """Write the scores as SQL.

        Returns
        -------
        str or None
            Common table expressions over ``inputs`` (customer_id and the inputs) of which the last
            is ``scores`` (customer_id, score_0, score_1, ...); None where the estimator scores
            batches instead.
        """
        return None

    def used_inputs(self) -> list[str]:
        """List the inputs that the model looks at.

        Returns
        -------
        list of str
            Names of inputs, in their order.
        """
        return self.encoding.names

    def contributions(self, X: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Say what each input adds to the score of a class, where the model is explained.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.
        predicted : numpy.ndarray of shape (rows,)
            Position of the class of each row.

        Returns
        -------
        numpy.ndarray of shape (rows, inputs)
            Contributions beyond the mean over the classes.

        Raises
        ------
        NotImplementedError
            Where there are no exact ones.
        """
        raise NotImplementedError(f"{type(self).__name__} has no exact contributions.")


class Algorithm(ABC):
    """How models of one kind are made."""

    name: ClassVar[str]
    is_baseline: ClassVar[bool] = False
    # whether it is a baseline that is shown only: nothing is held against it, nor is it published
    is_shown_only: ClassVar[bool] = False
    # values of each hyper-parameter, the simplest first: of equals it is the one chosen
    grid: ClassVar[dict[str, list[Any]]] = {}
    # types that an estimator read back from a table may hold beside scikit-learn's public ones
    trusted_types: ClassVar[Sequence[str]] = ()
    # algorithms whose model of the same inputs gives the reasons where this one has none
    explained_by: ClassVar[Sequence[str]] = ()

    def settings(self, class_count: int) -> list[Settings]:
        """List the hyper-parameters to try.

        Parameters
        ----------
        class_count : int
            Number of classes.

        Returns
        -------
        list of dict
            Hyper-parameters by name, the simplest first.
        """
        return _combinations(self.grid)

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether the algorithm can be tried for a target.

        Parameters
        ----------
        target : Target
            The target.
        encoding : Encoding
            The encoding of all features.

        Returns
        -------
        bool
            Whether it can.
        """
        return True

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the inputs.

        Parameters
        ----------
        target : Target
            The target.
        encoding : Encoding
            The encoding of the features selected; of all features for a baseline.
        shares : numpy.ndarray of shape (classes,)
            Class shares of the training rows.

        Returns
        -------
        Encoding
            The inputs of this algorithm.
        """
        return encoding

    @abstractmethod
    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> FittedModel:
        """Fit a model.

        Parameters
        ----------
        target : Target
            The target.
        encoding : Encoding
            What `inputs` gave.
        rows : TrainingRows
            The rows, of at least two classes.
        settings : dict
            Hyper-parameters, one of `settings`.

        Returns
        -------
        FittedModel
            The model.
        """

    def fit_each(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Sequence[Settings]
    ) -> Iterator[FittedModel]:
        """Fit a model for each of several settings; overridden where fits can share work.

        Parameters
        ----------
        target : Target
            The target.
        encoding : Encoding
            What `inputs` gave.
        rows : TrainingRows
            The rows, of at least two classes.
        settings : sequence of dict
            The hyper-parameters.

        Yields
        ------
        FittedModel
            The same model as `fit` gives, in the order of `settings`.
        """
        for each in settings:
            yield self.fit(target, encoding, rows, each)

    def restore(
        self, encoding: Encoding, class_count: int, estimator: BaseEstimator
    ) -> FittedModel:
        """Make a model of an estimator that was kept.

        Parameters
        ----------
        encoding : Encoding
            Its inputs.
        class_count : int
            Number of classes.
        estimator : sklearn.base.BaseEstimator
            The estimator.

        Returns
        -------
        FittedModel
            The model.

        Raises
        ------
        TypeError
            For a baseline without an estimator.
        """
        raise TypeError(f"{self.name} keeps no estimator.")


def _combinations(grid: dict[str, list[Any]]) -> list[Settings]:
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
