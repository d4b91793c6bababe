"""Algorithms and baselines tried on earlier dates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.calibration import (
    HeldOutScores,
    bounded_shares,
    fit_inverse_temperature,
)
from customer_personas.prediction.data.rows import Rows
from customer_personas.prediction.data.splits import Split
from customer_personas.prediction.feature_selection import Judged, select_features
from customer_personas.prediction.models import BASELINES
from customer_personas.prediction.models.interface import (
    Algorithm,
    FittedModel,
    Settings,
    Target,
    TrainingRows,
)

# The expected shares of a fold weigh as much as so many labelled rows.
EXPECTED_ROWS = 100


class Encodings(NamedTuple):
    """How features become inputs.

    Parameters
    ----------
    all_features : Encoding
        The inputs of all features: what baselines choose from.
    selected : Encoding
        The inputs of the features that were selected: what algorithms learn from.
    """

    all_features: Encoding
    selected: Encoding

    @classmethod
    def choose(cls, encoding: Encoding, features: set[str]) -> "Encodings":
        """Keep the inputs of the features that were selected.

        Parameters
        ----------
        encoding : Encoding
            The inputs of all features.
        features : set of str
            Names of the features that were selected.

        Returns
        -------
        Encodings
            Both encodings.
        """
        names = [each.name for each in encoding.inputs if each.feature in features]
        return cls(encoding, encoding.keep(names))

    def of(self, algorithm: Algorithm) -> Encoding:
        """Give what an algorithm may look at.

        Parameters
        ----------
        algorithm : Algorithm
            The algorithm or baseline.

        Returns
        -------
        Encoding
            The encoding.
        """
        return self.all_features if algorithm.is_baseline else self.selected


@dataclass(frozen=True)
class Candidate:
    """An algorithm or a baseline, with what was learnt by trying it on the folds.

    Parameters
    ----------
    algorithm : Algorithm
        What was tried.
    settings : dict
        The best hyper-parameters.
    inverse_temperature : float
        Factor on its scores.
    loss : float
        Log loss on the folds.
    scored : list of HeldOutScores
        What it said about the folds.
    """

    algorithm: Algorithm
    settings: Settings
    inverse_temperature: float
    loss: float
    scored: list[HeldOutScores]

    def probabilities(self) -> tuple[np.ndarray, np.ndarray]:
        """Give what it said about the folds.

        Returns
        -------
        y : numpy.ndarray of shape (rows,)
            Positions of the true classes.
        probabilities : numpy.ndarray of shape (rows, classes)
            Predicted probabilities.
        """
        found = [each.probabilities(self.inverse_temperature) for each in self.scored]
        return np.concatenate([each.y for each in self.scored]), np.concatenate(found)


@dataclass(frozen=True)
class Task:
    """One target with the rows that all its fits share.

    Parameters
    ----------
    target : Target
        The target.
    rows : Rows
        The rows.
    y : numpy.ndarray of shape (rows,)
        Position of each row's class, -1 for none.
    expected : dict
        Expected class shares by date.
    """

    target: Target
    rows: Rows
    y: np.ndarray
    expected: dict[date, np.ndarray]

    def select(self, split: Split, encoding: Encoding) -> list[Judged]:
        """Judge the features.

        Parameters
        ----------
        split : Split
            Rows that learn and rows that judge.
        encoding : Encoding
            The inputs of all features.

        Returns
        -------
        list of Judged
            One per feature.
        """
        seen = (split.learn | split.judge) & (self.y >= 0)
        y, held_out = self.y[seen], split.judge[seen]
        if not held_out.any() or len(set(y[~held_out])) < 2:
            held_out = np.arange(len(y)) % 3 == 0
        X = self.rows.matrix(encoding, seen)
        return select_features(self.target, encoding, X, y, held_out)

    def shares(self, split: Split) -> np.ndarray:
        """Give the class shares that are expected of a split's population.

        Parameters
        ----------
        split : Split
            The split.

        Returns
        -------
        numpy.ndarray of shape (classes,)
            Those of the outlook for its date, else those of the rows learnt from.
        """
        if split.day in self.expected:
            return self.expected[split.day]
        return self.observed_shares(split.learn & (self.y >= 0))

    def observed_shares(self, mask: np.ndarray) -> np.ndarray:
        """Count the class shares of rows.

        Parameters
        ----------
        mask : numpy.ndarray of shape (rows,)
            Which rows.

        Returns
        -------
        numpy.ndarray of shape (classes,)
            Shares, none of them zero.
        """
        return bounded_shares(np.bincount(self.y[mask], minlength=self.target.class_count))

    def can_learn(self, split: Split) -> bool:
        """Say whether a split has two classes to learn from and a row to judge by.

        Parameters
        ----------
        split : Split
            The split.

        Returns
        -------
        bool
            Whether it can be used.
        """
        known = self.y >= 0
        return len(set(self.y[split.learn & known])) > 1 and bool((split.judge & known).any())

    def fit(
        self,
        algorithm: Algorithm,
        settings: Sequence[Settings],
        encodings: Encodings,
        learn: np.ndarray,
    ) -> list[FittedModel]:
        """Fit an algorithm with several hyper-parameters on some rows.

        Parameters
        ----------
        algorithm : Algorithm
            The algorithm or baseline.
        settings : sequence of dict
            Its hyper-parameters.
        encodings : Encodings
            What it may look at.
        learn : numpy.ndarray of shape (rows,)
            Mask of the rows to learn from.

        Returns
        -------
        list of FittedModel
            A model for each of `settings`.
        """
        learn = learn & (self.y >= 0)
        days = self.rows.days[learn]
        shares = self.observed_shares(learn)
        encoding = algorithm.inputs(self.target, encodings.of(algorithm), shares)
        rows = TrainingRows(
            self.rows.matrix(encoding, learn),
            self.y[learn],
            days == days.max(),
            self.target.class_count,
        )
        return list(algorithm.fit_each(self.target, encoding, rows, settings))

    def score(self, model: FittedModel, split: Split, X: np.ndarray) -> HeldOutScores:
        """Score the rows that judge.

        Parameters
        ----------
        model : FittedModel
            The model.
        split : Split
            Which rows.
        X : numpy.ndarray of shape (everybody, inputs)
            Inputs of the split's population; the judging rows are among them.

        Returns
        -------
        HeldOutScores
            Scores of the labelled rows and of everybody.
        """
        population = model.scores(X)
        judge = split.judge & (self.y >= 0)
        # a season that nobody could foresee must not decide between models: the shares are what
        # they turned out to be, drawn to what was expected where rows are few
        seen = np.bincount(self.y[judge], minlength=self.target.class_count)
        shares = bounded_shares(seen + EXPECTED_ROWS * self.shares(split))
        return HeldOutScores(
            population[judge[split.population]],
            self.y[judge],
            population,
            None if model.keeps_priors else shares,
        )

    def try_algorithm(
        self, algorithm: Algorithm, folds: Sequence[Split], encodings: Encodings
    ) -> Candidate | None:
        """Try every hyper-parameter of an algorithm on the folds and keep the best.

        Parameters
        ----------
        algorithm : Algorithm
            The algorithm or baseline.
        folds : sequence of Split
            The folds.
        encodings : Encodings
            What it may look at.

        Returns
        -------
        Candidate or None
            The best; None where no fold can be learnt from.
        """
        settings = algorithm.settings(self.target.class_count)
        scored: list[list[HeldOutScores]] = [[] for _ in settings]
        for fold in filter(self.can_learn, folds):
            models = self.fit(algorithm, settings, encodings, fold.learn)
            X = self.rows.matrix(models[0].encoding, fold.population)
            for own, model in zip(scored, models, strict=True):
                own.append(self.score(model, fold, X))
        tried = [
            Candidate(algorithm, each, *fit_inverse_temperature(own), own)
            for each, own in zip(settings, scored, strict=True)
            if own
        ]
        return min(tried, key=lambda each: each.loss) if tried else None

    def try_baselines(self, folds: Sequence[Split], encodings: Encodings) -> list[Candidate]:
        """Try every baseline on the folds.

        Parameters
        ----------
        folds : sequence of Split
            The folds.
        encodings : Encodings
            What they may look at.

        Returns
        -------
        list of Candidate
            The baselines, the simplest first.
        """
        suited = [each for each in BASELINES if each.suits(self.target, encodings.all_features)]
        tried = [self.try_algorithm(each, folds, encodings) for each in suited]
        return [each for each in tried if each is not None]

    def try_algorithms(
        self,
        algorithms: Sequence[Algorithm],
        folds: Sequence[Split],
        encodings: Encodings,
        say: Callable[[str], None],
    ) -> list[Candidate]:
        """Try algorithms on the folds.

        Parameters
        ----------
        algorithms : sequence of Algorithm
            The algorithms.
        folds : sequence of Split
            The folds.
        encodings : Encodings
            What they may look at.
        say : callable
            Takes a line about the progress.

        Returns
        -------
        list of Candidate
            One per algorithm that could be fitted.
        """
        found = []
        for algorithm in algorithms:
            if not algorithm.suits(self.target, encodings.all_features):
                continue
            best = self.try_algorithm(algorithm, folds, encodings)
            if best is not None:
                found.append(best)
                count = len(algorithm.settings(self.target.class_count))
                say(
                    f"{algorithm.name}: {count} settings tried on {len(folds)} folds, "
                    f"log loss {best.loss:.4f}"
                )
        return found
