"""Candidates and baselines tried on earlier dates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.baselines import (
    Baseline,
    baseline_encoding,
    baseline_names,
    fit_baseline,
)
from customer_personas.prediction.calibration import (
    Scored,
    bounded_shares,
    fit_sharpness,
    mean_log_loss,
)
from customer_personas.prediction.choice import choice_encoding
from customer_personas.prediction.estimators import Fitted, fit, grid
from customer_personas.prediction.feature_selection import Judged, select_features
from customer_personas.prediction.rows import Rows
from customer_personas.prediction.splits import Split

# The expected shares of a fold weigh as much as so many labelled rows.
EXPECTED_ROWS = 100


@dataclass(frozen=True)
class Candidate:
    """An algorithm or a baseline, with what was learnt by trying it on the folds.

    Parameters
    ----------
    algorithm : str
        Its name.
    is_baseline : bool
        Whether it is a baseline.
    hyper_parameters : dict
        The best ones.
    sharpness : float
        Factor on its scores.
    loss : float
        Log loss on the folds.
    scored : list of Scored
        What it said about the folds.
    """

    algorithm: str
    is_baseline: bool
    hyper_parameters: dict[str, Any]
    sharpness: float
    loss: float
    scored: list[Scored]

    def probabilities(self) -> tuple[np.ndarray, np.ndarray]:
        """Give what it said about the folds.

        Returns
        -------
        y : numpy.ndarray
            Positions of the true classes.
        probabilities : numpy.ndarray
            One column per class.
        """
        found = [each.probabilities(self.sharpness) for each in self.scored]
        return np.concatenate([each.y for each in self.scored]), np.concatenate(found)


@dataclass(frozen=True)
class Task:
    """One target with everything that its fits share.

    Parameters
    ----------
    kind : {"future", "declared"}
        The kind of the target.
    classes : list of str
        Names of the classes.
    rows : Rows
        The rows.
    y : numpy.ndarray
        Position of each row's class, -1 for none.
    habits : dict
        Feature with the own share of spend, by class.
    choices : dict
        Features that say what customers did about a class, one per aspect, by class.
    horizon_days : int
        Length of a label window.
    seed : int
        Seed of whatever is random.
    expected : dict
        Expected class shares by date.
    """

    kind: Literal["future", "declared"]
    classes: list[str]
    rows: Rows
    y: np.ndarray
    habits: dict[str, str]
    choices: dict[str, list[str]]
    horizon_days: int
    seed: int
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
        return select_features(encoding, X, y, held_out, len(self.classes), self.seed)

    def shares(self, split: Split) -> np.ndarray:
        """Give the class shares that are expected of a split's population.

        Parameters
        ----------
        split : Split
            The split.

        Returns
        -------
        numpy.ndarray
            Those of the outlook for its date, else those of the rows learnt from.
        """
        if split.day in self.expected:
            return self.expected[split.day]
        y = self.y[split.learn & (self.y >= 0)]
        return bounded_shares(np.bincount(y, minlength=len(self.classes)))

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

    def scored(self, model: Fitted | Baseline, split: Split, X: np.ndarray) -> Scored:
        """Score the rows that judge.

        Parameters
        ----------
        model : Fitted or Baseline
            The model.
        split : Split
            Which rows.
        X : numpy.ndarray
            Inputs of the split's population, in order; the judging rows are among them.

        Returns
        -------
        Scored
            Scores of the labelled rows and of everybody.
        """
        population = model.scores(X)
        judge = split.judge & (self.y >= 0)
        # a season that nobody could foresee must not decide between models: the level is what it
        # turned out to be, drawn to what was expected where rows are few
        seen = np.bincount(self.y[judge], minlength=len(self.classes))
        shares = bounded_shares(seen + EXPECTED_ROWS * self.shares(split))
        return Scored(
            population[judge[split.population]],
            self.y[judge],
            population,
            None if model.keeps_order else shares,
        )

    def fit_baseline(self, algorithm: str, encoding: Encoding, learn: np.ndarray) -> Baseline:
        """Fit a baseline on some rows.

        Parameters
        ----------
        algorithm : str
            Its name.
        encoding : Encoding
            The inputs of all features.
        learn : numpy.ndarray
            Mask of the rows to learn from.

        Returns
        -------
        Baseline
            The fitted baseline.
        """
        learn = learn & (self.y >= 0)
        y, days = self.y[learn], self.rows.days[learn]
        shares = bounded_shares(np.bincount(y, minlength=len(self.classes)))
        own = baseline_encoding(algorithm, encoding, self.classes, self.habits, shares)
        return fit_baseline(
            algorithm,
            own,
            self.rows.matrix(own, learn),
            y,
            days == days.max(),
            self.classes,
            self.habits,
            self.horizon_days,
            self.seed,
        )

    def can_try(self, algorithm: str) -> bool:
        """Say whether an algorithm fits the target: a choice model needs aspects of most classes.

        Parameters
        ----------
        algorithm : str
            Its name.

        Returns
        -------
        bool
            Whether it can be tried.
        """
        known = sum(name in self.choices for name in self.classes)
        return algorithm != "choice_model" or known > len(self.classes) / 2

    def fit_algorithm(
        self,
        algorithm: str,
        hyper_parameters: dict[str, Any],
        selected: Encoding,
        learn: np.ndarray,
    ) -> tuple[Fitted, Encoding]:
        """Fit an algorithm on some rows.

        Parameters
        ----------
        algorithm : str
            Its name.
        hyper_parameters : dict
            Its hyper-parameters.
        selected : Encoding
            The inputs of the features that were selected.
        learn : numpy.ndarray
            Mask of the rows to learn from.

        Returns
        -------
        fitted : Fitted
            The fitted estimator.
        encoding : Encoding
            Its inputs: those selected, or a choice model's own.
        """
        learn = learn & (self.y >= 0)
        y = self.y[learn]
        encoding = selected
        if algorithm == "choice_model":
            shares = bounded_shares(np.bincount(y, minlength=len(self.classes)))
            encoding, aspects = choice_encoding(self.classes, self.choices, shares)
            hyper_parameters = hyper_parameters | {"aspects": aspects}
        X = self.rows.matrix(encoding, learn)
        return fit(algorithm, hyper_parameters, X, y, len(self.classes), self.seed), encoding

    def try_baselines(self, folds: Sequence[Split], encoding: Encoding) -> list[Candidate]:
        """Try every baseline on the folds.

        Parameters
        ----------
        folds : sequence of Split
            The folds.
        encoding : Encoding
            The inputs of all features.

        Returns
        -------
        list of Candidate
            The baselines, the simplest first.
        """
        found = []
        for name in baseline_names(self.kind, self.classes, encoding.features, self.habits):
            scored = []
            for fold in filter(self.can_learn, folds):
                baseline = self.fit_baseline(name, encoding, fold.learn)
                X = self.rows.matrix(baseline.encoding, fold.population)
                scored.append(self.scored(baseline, fold, X))
            if scored:
                found.append(_candidate(name, {}, scored, is_baseline=True))
        return found

    def try_algorithms(
        self,
        folds: Sequence[Split],
        encoding: Encoding,
        algorithms: Sequence[str],
        say: Callable[[str], None],
    ) -> list[Candidate]:
        """Try every hyper-parameter of every algorithm on the folds; keep the best of each.

        Parameters
        ----------
        folds : sequence of Split
            The folds.
        encoding : Encoding
            The inputs of the features that were selected.
        algorithms : sequence of str
            Names of algorithms.
        say : callable
            Takes a line about the progress.

        Returns
        -------
        list of Candidate
            One per algorithm that could be fitted.
        """
        best = []
        for algorithm in filter(self.can_try, algorithms):
            tried = []
            for hyper_parameters in grid(algorithm, len(self.classes)):
                scored = []
                for fold in filter(self.can_learn, folds):
                    fitted, own = self.fit_algorithm(
                        algorithm, hyper_parameters, encoding, fold.learn
                    )
                    X = self.rows.matrix(own, fold.population)
                    scored.append(self.scored(fitted, fold, X))
                if scored:
                    tried.append(_candidate(algorithm, hyper_parameters, scored))
            if tried:
                best.append(min(tried, key=lambda each: each.loss))
                say(
                    f"{algorithm}: {len(tried)} settings tried on {len(folds)} folds, "
                    f"log loss {best[-1].loss:.4f}"
                )
        return best


def _candidate(
    algorithm: str, hyper_parameters: dict, scored: list[Scored], is_baseline: bool = False
) -> Candidate:
    """Learn the sharpness and measure the log loss."""
    sharpness = fit_sharpness(scored)
    loss = mean_log_loss(scored, sharpness)
    return Candidate(algorithm, is_baseline, hyper_parameters, sharpness, loss, scored)
