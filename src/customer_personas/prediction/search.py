"""Algorithms and baselines tried on earlier dates."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.features.sampling import take_evenly
from customer_personas.prediction.calibration import (
    LEAST_SHARE,
    HeldOutScores,
    bounded_shares,
    fit_inverse_temperature,
)
from customer_personas.prediction.data.classes import LEAST_CUSTOMERS
from customer_personas.prediction.data.rows import Rows
from customer_personas.prediction.data.splits import Split
from customer_personas.prediction.feature_selection import Judged, select_features, use_all
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    FittedModel,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.models import BASELINES

# Features are selected by so many rows that learn and as many that judge.
SELECTION_ROWS = 4_000
# The expected shares of a fold weigh as much as so many labelled rows.
EXPECTED_ROWS = 100
# All settings of an algorithm are tried on the newest fold, the better half on so many folds, the
# best on all: many on little, few on much (Jamieson and Talwalkar 2016, "Non-stochastic best arm
# identification and hyperparameter optimization"). An algorithm whose best is then behind that of
# another by so many standard errors of the difference is tried no further (Maron and Moore 1994,
# "Hoeffding races").
RACED_FOLDS = 2
BEHIND_ERRORS = 2.0


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


class Fold(NamedTuple):
    """Rows to choose by, and what may be looked at there.

    Parameters
    ----------
    split : Split
        The rows.
    encodings : Encodings
        The inputs, selected without the rows that judge and fitted to those that are learnt from.
    """

    split: Split
    encodings: Encodings


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
        Log loss on the folds, where newer ones weigh more.
    scored : list of HeldOutScores
        What it said about the folds, the oldest first.
    left_behind : str
        Why it was not tried on the older folds; empty where it was.
    """

    algorithm: Algorithm
    settings: Settings
    inverse_temperature: float
    loss: float
    scored: list[HeldOutScores]
    left_behind: str = ""

    @classmethod
    def calibrate(
        cls, algorithm: Algorithm, settings: Settings, scored: list[HeldOutScores]
    ) -> "Candidate":
        """Learn the temperature from what was said about the folds.

        Parameters
        ----------
        algorithm : Algorithm
            What was tried.
        settings : dict
            The hyper-parameters.
        scored : list of HeldOutScores
            What it said about the folds.

        Returns
        -------
        Candidate
            With its temperature and its loss.
        """
        return cls(algorithm, settings, *fit_inverse_temperature(scored), scored)

    def probabilities(
        self, fold_count: int | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give what it said about the folds.

        Parameters
        ----------
        fold_count : int, optional
            How many folds, the newest; all without it.

        Returns
        -------
        y : numpy.ndarray of shape (rows,)
            Positions of the true classes.
        probabilities : numpy.ndarray of shape (rows, classes)
            Predicted probabilities.
        customers : numpy.ndarray of shape (rows,)
            The customers; one may be in several folds.
        """
        scored = self.scored[-(fold_count or len(self.scored)) :]
        found = [each.probabilities(self.inverse_temperature) for each in scored]
        return (
            np.concatenate([each.y for each in scored]),
            np.concatenate(found),
            np.concatenate([each.customers for each in scored]),
        )

    def behind(self, other: "Candidate") -> tuple[float, float]:
        """Compare with another candidate on the same folds, customer by customer.

        Parameters
        ----------
        other : Candidate
            The other one.

        Returns
        -------
        loss : float
            By how much the log loss of this one is larger, newer folds weighing more.
        error : float
            Its standard error, over customers.
        """
        y, own, customers = self.probabilities()
        _, others, _ = other.probabilities()
        rows = np.arange(len(y))
        ratio = np.maximum(others[rows, y], LEAST_SHARE) / np.maximum(own[rows, y], LEAST_SHARE)
        weights = np.concatenate([np.full(len(each.y), each.weight) for each in self.scored])
        weights /= weights.sum()
        mean = float(weights @ np.log(ratio))
        _, places = np.unique(customers, return_inverse=True)
        by_customer = np.bincount(places, weights * (np.log(ratio) - mean))
        return mean, float(np.sqrt((by_customer**2).sum()))


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
    most_rows : int
        An algorithm learns from so many rows at most; baselines, which cost little, from all.
    """

    target: Target
    rows: Rows
    y: np.ndarray
    expected: dict[date, np.ndarray]
    most_rows: int

    def select(
        self, split: Split, encoding: Encoding, confirmed: Collection[str] = ()
    ) -> list[Judged]:
        """Judge the features.

        Parameters
        ----------
        split : Split
            Rows that learn and rows that judge.
        encoding : Encoding
            The inputs of all features.
        confirmed : collection of str
            Features that may tell as much as they do.

        Returns
        -------
        list of Judged
            One per feature.
        """
        if not self.can_learn(split):
            return use_all(encoding)
        known = self.y >= 0
        learn = self.thin(split.learn & known, SELECTION_ROWS)
        # a customer judges once: errors are those of so many customers
        judge = keep_evenly(last_of_each(self.rows.customers, split.judge & known), SELECTION_ROWS)
        seen = learn | judge
        X = self.rows.matrix(encoding, seen)
        return select_features(self.target, encoding, X, self.y[seen], judge[seen], confirmed)

    def prepare(
        self, folds: Sequence[Split], encoding: Encoding, confirmed: Collection[str] = ()
    ) -> list[Fold]:
        """Select the features of each fold, and fit their inputs to the rows that it learns from.

        Parameters
        ----------
        folds : sequence of Split
            The folds.
        encoding : Encoding
            The inputs of all features.
        confirmed : collection of str
            Features that may tell as much as they do.

        Returns
        -------
        list of Fold
            Those that can be learnt from.
        """
        chosen: dict[int, set[str]] = {}
        prepared = []
        for fold in filter(self.can_learn, folds):
            selection = fold.selection or fold
            if id(selection) not in chosen:
                learnt = selection.learn & (self.y >= 0)
                fitted = self.rows.fit_encoding(encoding, learnt) if learnt.any() else encoding
                judged = self.select(selection, fitted, confirmed)
                used = {each.feature_name for each in judged if each.is_used}
                # where nothing can be told of single features, all are looked at
                chosen[id(selection)] = used or set(encoding.features)
            fitted = self.rows.fit_encoding(encoding, fold.learn & (self.y >= 0))
            prepared.append(Fold(fold, Encodings.choose(fitted, chosen[id(selection)])))
        return prepared

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

    def thin(self, mask: np.ndarray, most: int) -> np.ndarray:
        """Keep at most so many rows evenly, and of a class that would be lost by it, a few more.

        Parameters
        ----------
        mask : numpy.ndarray of shape (rows,)
            Which rows, all with a class.
        most : int
            How many at most.

        Returns
        -------
        numpy.ndarray of shape (rows,)
            A mask of these rows, which shows every class that the rows show.
        """
        kept = keep_evenly(mask, most)
        shown, left = (
            np.bincount(self.y[rows], minlength=self.target.class_count) for rows in (mask, kept)
        )
        for lost in np.flatnonzero((shown > 0) & (left == 0)):
            kept |= keep_evenly(mask & (self.y == lost), LEAST_CUSTOMERS)
        return kept

    def fit(
        self,
        algorithm: Algorithm,
        settings: Sequence[Settings],
        encodings: Encodings,
        learn: np.ndarray,
        most_rows: int | None = None,
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
        most_rows : int, optional
            Other than those of the task.

        Returns
        -------
        list of FittedModel
            A model for each of `settings`.
        """
        learn = learn & (self.y >= 0)
        if not algorithm.is_baseline:
            learn = self.thin(learn, most_rows or self.most_rows)
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
            self.rows.customers[judge],
            split.weight,
        )

    def race(self, algorithm: Algorithm, folds: Sequence[Fold]) -> Candidate:
        """Try all hyper-parameters of an algorithm on a fold, half of them on all, keep the best.

        Parameters
        ----------
        algorithm : Algorithm
            The algorithm or baseline.
        folds : sequence of Fold
            The folds, the newest last.

        Returns
        -------
        Candidate
            The best.
        """
        settings = algorithm.settings(self.target.class_count)
        start: list[list[HeldOutScores]] = [[] for _ in settings]
        tried = self._try(algorithm, settings, start, folds[-1:])
        if len(folds) > 1:
            better = sorted(tried, key=lambda each: each.loss)[: len(tried) // 2 + 1]
            tried = self._try(
                algorithm,
                [each.settings for each in better],
                [each.scored for each in better],
                folds[:-1],
            )
        return min(tried, key=lambda each: each.loss)

    def run_on(self, candidate: Candidate, folds: Sequence[Fold]) -> Candidate:
        """Try the hyper-parameters that were kept on older folds too.

        Parameters
        ----------
        candidate : Candidate
            What was found on the newest folds.
        folds : sequence of Fold
            The older folds.

        Returns
        -------
        Candidate
            The same, with what it said about all folds.
        """
        (found,) = self._try(candidate.algorithm, [candidate.settings], [candidate.scored], folds)
        return found

    def _try(
        self,
        algorithm: Algorithm,
        settings: Sequence[Settings],
        newer: Sequence[list[HeldOutScores]],
        folds: Sequence[Fold],
    ) -> list[Candidate]:
        """Fit settings on each fold, score its judging rows, and add what newer folds said."""
        scored: list[list[HeldOutScores]] = [[] for _ in settings]
        for split, encodings in folds:
            models = self.fit(algorithm, settings, encodings, split.learn)
            X = self.rows.matrix(models[0].encoding, split.population)
            for own, model in zip(scored, models, strict=True):
                own.append(self.score(model, split, X))
        return [
            Candidate.calibrate(algorithm, each, own + known)
            for each, own, known in zip(settings, scored, newer, strict=True)
        ]

    def try_baselines(self, folds: Sequence[Fold], encoding: Encoding) -> list[Candidate]:
        """Try every baseline on the folds.

        Parameters
        ----------
        folds : sequence of Fold
            The folds, at least one.
        encoding : Encoding
            The inputs of all features.

        Returns
        -------
        list of Candidate
            The baselines, the simplest first.
        """
        suited = [each for each in BASELINES if each.suits(self.target, encoding)]
        return [self.race(each, folds) for each in suited]

    def try_algorithms(
        self,
        algorithms: Sequence[Algorithm],
        folds: Sequence[Fold],
        encoding: Encoding,
        say: Callable[[str], None],
    ) -> list[Candidate]:
        """Let algorithms race on the newest folds, and those not left behind run on the others.

        Parameters
        ----------
        algorithms : sequence of Algorithm
            The algorithms.
        folds : sequence of Fold
            The folds, the oldest first; at least one.
        encoding : Encoding
            The inputs of all features.
        say : callable
            Takes a line about the progress.

        Returns
        -------
        list of Candidate
            One per algorithm that suits the target.
        """
        older, newest = folds[:-RACED_FOLDS], folds[-RACED_FOLDS:]
        raced = []
        for algorithm in algorithms:
            if algorithm.suits(self.target, encoding):
                raced.append(best := self.race(algorithm, newest))
                count = len(algorithm.settings(self.target.class_count))
                say(
                    f"{algorithm.name}: best of {count} settings, log loss {best.loss:.4f} on "
                    f"{len(newest)} of {len(folds)} folds"
                )
        if not older:
            return raced
        marked = mark_left_behind(raced, len(folds))
        return [each if each.left_behind else self.run_on(each, older) for each in marked]


def mark_left_behind(candidates: Sequence[Candidate], fold_count: int) -> list[Candidate]:
    """Find the candidates that are worse than the best one beyond chance.

    Parameters
    ----------
    candidates : sequence of Candidate
        What was found on the same folds.
    fold_count : int
        How many folds there are in all.

    Returns
    -------
    list of Candidate
        The same; those left behind say so.
    """
    if not candidates:
        return []
    best = min(candidates, key=lambda each: each.loss)
    marked = []
    for each in candidates:
        behind, error = each.behind(best)
        if each.loss > best.loss and behind > BEHIND_ERRORS * error:
            reason = (
                f"log loss {each.loss:.4f} on {len(each.scored)} of {fold_count} folds, "
                f"against {best.loss:.4f} of {best.algorithm.name} there, beyond chance"
            )
            each = replace(each, left_behind=reason)
        marked.append(each)
    return marked


def last_of_each(customers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Keep the newest row of each customer.

    Parameters
    ----------
    customers : numpy.ndarray of shape (rows,)
        The customer of each row, ordered by customer and date.
    mask : numpy.ndarray of shape (rows,)
        Which rows.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        A mask of one row for each customer among them.
    """
    places = np.flatnonzero(mask)
    own = customers[places]
    kept = np.zeros(len(mask), dtype=bool)
    kept[places[np.append(own[1:] != own[:-1], True)[: len(places)]]] = True
    return kept


def keep_evenly(mask: np.ndarray, most: int) -> np.ndarray:
    """Keep at most so many rows of a mask, evenly over customers and dates.

    Parameters
    ----------
    mask : numpy.ndarray of shape (rows,)
        Which rows, ordered by customer and date.
    most : int
        How many at most.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        A mask of these rows.
    """
    kept = np.zeros(len(mask), dtype=bool)
    kept[take_evenly(np.flatnonzero(mask), most)] = True
    return kept
