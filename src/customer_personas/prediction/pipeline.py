"""One target learnt: chosen on earlier dates, judged once on the newest, written as a table."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sklearn import config_context

from customer_personas.features.encoding import fit_encoding
from customer_personas.prediction import fits_table
from customer_personas.prediction.budget import rows_within
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.calibration import bounded_shares
from customer_personas.prediction.data.classes import choose_classes, obstacle, positions
from customer_personas.prediction.data.cohort import Cohort
from customer_personas.prediction.data.rows import read_rows
from customer_personas.prediction.data.splits import hold_out_part
from customer_personas.prediction.decision import (
    Decision,
    advantage_in_words,
    choose_champion,
    decide,
)
from customer_personas.prediction.evaluation.judgement import Judgement, judge
from customer_personas.prediction.final_fits import FinalFits
from customer_personas.prediction.held_out import fit_held_out, judge_shuffled
from customer_personas.prediction.model_parts.interface import Kind, Target
from customer_personas.prediction.models import find_algorithms
from customer_personas.prediction.search import Candidate, Encodings, Task
from customer_personas.sql import literal

# The family of features that targets of kind response look at beside the others.
CONTACTS = "contacts"


@dataclass(frozen=True)
class FittedTarget:
    """The fit of a target with its models, to check the SQL against.

    Parameters
    ----------
    table : pyarrow.Table
        One row per model, as `fits_table.SCHEMA` says.
    models : dict
        A model per ``model_id``; none where nothing could be fitted.
    """

    table: pa.Table
    models: dict[str, CalibratedModel]


# inputs are numbers without gaps, and settings those of the registry: no need to look each time
@config_context(assume_finite=True, skip_parameter_validation=True)
def fit_target(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    outlook: duckdb.DuckDBPyRelation,
    *,
    target: str,
    kind: Kind,
    horizon_days: int,
    algorithms: Sequence[str],
    seed: int,
    sample_size: int = 60_000,
    budget_seconds: float = 30,
    confirmed_features: Collection[str] = (),
    say: Callable[[str], None] = lambda line: None,
) -> FittedTarget:
    """Learn a target with several algorithms, choose one, judge all, decide what is published.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date; ``is_as_of`` marks the customers to be scored.
    labels : duckdb.DuckDBPyRelation
        The labels of all targets, of dates whose label window is complete.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    outlook : duckdb.DuckDBPyRelation
        Expected class shares by target, date and label.
    target : str
        Name of the target.
    kind : Kind
        What its labels are.
    horizon_days : int
        Length of a label window.
    algorithms : sequence of str
        Which algorithms of `models.REGISTRY` are tried.
    seed : int
        Seed of samples, folds and estimators.
    sample_size : int
        Largest number of rows read, all dates together; customers come with all their rows.
    budget_seconds : float
        Processor time that the learning is meant to take; `rows_within` says what comes of it.
    confirmed_features : collection of str
        Features that are known before a declared label, however well they tell it.
    say : callable
        Takes a line about the progress.

    Returns
    -------
    FittedTarget
        One row per model, baselines included, or a single row with the algorithm ``none`` and the
        reason why nothing could be fitted. ``scoring_sql`` is a SELECT over a relation ``features``
        with one row per customer; it gives customer_id, class and probability. Where it is null,
        ``estimator`` scores.

    Raises
    ------
    ValueError
        For an algorithm that is not in the registry.
    """
    chosen = find_algorithms(algorithms)
    rows = read_rows(features, labels, target, kind, sample_size, seed)
    plan = rows.plan(kind, horizon_days)
    if isinstance(plan, str):
        return _nothing(target, plan)
    classes, note = choose_classes(rows.labels[plan.test.learn & rows.labelled], kind)
    y = np.full(len(rows.labels), -1)
    y[rows.labelled] = positions(rows.labels[rows.labelled], classes)
    if reason := obstacle(y[plan.test.learn], rows.customers[plan.test.learn], classes, kind):
        return _nothing(target, f"{reason} {note}".strip())
    about_categories = _category_features(catalog, features.columns) if kind == "future" else []
    task = Task(
        Target(target, kind, classes, about_categories, horizon_days, seed),
        rows,
        y,
        read_expected_shares(outlook, target, classes),
        rows_within(budget_seconds, len(classes)),
    )
    usable = usable_features(catalog, kind)
    encoding = fit_encoding(rows.relation(plan.test.learn & (y >= 0)), usable)
    if not encoding.inputs:
        return _nothing(target, "No feature can be used: all are empty, constant or undated.")
    # a class may be first seen between the dates that would judge features
    is_told = task.can_learn(plan.selection)
    selection = plan.selection if is_told else hold_out_part(plan.test.learn, rows.parts)
    judged = task.select(selection, encoding, confirmed_features)
    withheld = sorted(
        each.feature_name for each in judged if each.is_suspicious and not each.is_used
    )
    if kind == "declared" and withheld:
        encoding = encoding.keep([x.name for x in encoding.inputs if x.feature not in withheld])
        note = f"{note} Withheld as suspicious: {', '.join(withheld)}.".strip()
    used = {each.feature_name for each in judged if each.is_used}
    say(
        f"{target}: {np.count_nonzero(y[plan.test.learn] >= 0)} rows to learn from, "
        f"{len(used)} of {len(judged)} features used, {len(classes)} classes"
    )
    encodings = Encodings.choose(encoding, used)
    folds = task.prepare(plan.folds, encoding, confirmed_features)
    if not folds:
        return _nothing(target, f"No fold shows two classes to learn from. {note}".strip())
    candidates = task.try_baselines(folds, encoding)
    if encodings.selected.inputs:
        candidates += task.try_algorithms(
            chosen, folds, encoding, lambda line: say(f"{target}: {line}")
        )
    cohort = (
        Cohort.of_day(features, labels, target, plan.test.day)
        if kind == "future" and plan.test.day
        else Cohort(rows.relation(plan.test.judge))
    )
    say(f"{target}: judging on {plan.test.day or 'held-out customers'}")
    # whoever is fitted on a fold again may look at no more than candidates did there
    fits = FinalFits(task, plan, encodings, {id(fold.split): fold for fold in folds})
    _, champion = choose_champion(candidates)
    models = fits.fit_all(candidates, champion)
    test = fits.judge_all(models, cohort)
    decision = decide(candidates, test)
    retried = [
        each for each in candidates if each.algorithm.is_baseline or each is decision.champion
    ]
    earlier = fits.judge_earlier(retried)
    if plan.earlier:
        say(f"{target}: {len(plan.earlier)} earlier dates looked at")
    refit = Refit.consider(fits, decision.published)
    final = models | refit.models
    final = {name: fits.calibrate(model, fits.now()) for name, model in final.items()}
    report = _Report(fits, decision, models, final, test, earlier, refit)
    test_rows = int(np.count_nonzero(test[decision.published.algorithm.name].y >= 0))
    shared = fits.describe_rows(catalog, test_rows) | {"target": target}
    return FittedTarget(
        fits_table.write(
            [
                shared
                | report.describe(each)
                | {
                    "reason": decision.explain(each, [*report.notes(each), plan.note, note]),
                    "feature_selection": [
                        one.to_dict() for one in judged if each is decision.published
                    ],
                }
                for each in candidates
            ]
        ),
        {report.model_id(name): model for name, model in final.items()},
    )


@dataclass(frozen=True)
class Refit:
    """Whether what is published learns once more, from the newest labels, after it was judged.

    Parameters
    ----------
    candidate : Candidate
        What is published.
    judged : tuple of Judgement or None
        What `FinalFits.judge_refit` found.
    models : dict
        The model that learnt from the newest labels, by the name of its algorithm; empty where it
        would have been no better beyond chance on earlier dates.
    """

    candidate: Candidate
    judged: tuple[Judgement, Judgement] | None
    models: dict[str, CalibratedModel]

    @classmethod
    def consider(cls, fits: FinalFits, candidate: Candidate) -> "Refit":
        """Look back, and refit where it would have helped.

        Parameters
        ----------
        fits : FinalFits
            Fits models.
        candidate : Candidate
            What is published.

        Returns
        -------
        Refit
            What came of it.
        """
        judged = fits.judge_refit(candidate) if fits.plan.test.day else None
        advantage = judged[0].advantage("log_loss", judged[1]) if judged else None
        if advantage is None or advantage[1] <= 0:
            return cls(candidate, judged, {})
        return cls(candidate, judged, {candidate.algorithm.name: fits.refit(candidate)})

    def explain(self) -> str:
        """Say what was found.

        Returns
        -------
        str
            A sentence, empty where there was no date to look back at.
        """
        advantage = self.judged[0].advantage("log_loss", self.judged[1]) if self.judged else None
        if advantage is None:
            return ""
        found = (
            "with labels newer by a horizon, log loss on earlier dates was "
            f"{advantage_in_words(*advantage)}"
        )
        if self.models:
            return f"Refitted with the newest labels after it was judged: {found}."
        return f"Not refitted with the newest labels: {found}."


@dataclass(frozen=True)
class _Report:
    """What the table says about each model."""

    fits: FinalFits
    decision: Decision
    models: dict[str, CalibratedModel]
    final: dict[str, CalibratedModel]
    test: dict[str, Judgement]
    earlier: dict[str, dict[date, Judgement]]
    refit: Refit

    def notes(self, candidate: Candidate) -> list[str]:
        """List what else is to be said of a model."""
        features = self.models[candidate.algorithm.name].model.encoding.features
        is_single = candidate.algorithm.is_baseline and len(features) == 1
        single = [f"It knows {features[0]} only."] if is_single else []
        return single + ([self.refit.explain()] if candidate is self.decision.published else [])

    def describe(self, candidate: Candidate) -> dict[str, Any]:
        """Give the row of a model."""
        name = candidate.algorithm.name
        model, test = self.final[name], self.test[name]
        task = self.fits.task
        seeds = {"seed": task.target.seed}
        if task.target.kind == "declared":
            seeds["deal_seed"] = task.rows.deal_seed
        is_needed = candidate is self.decision.published or name == self.explainer(
            self.decision.published
        )
        explainer = self.explainer(candidate)
        row = {
            "model_id": self.model_id(name),
            "algorithm": name,
            "is_baseline": candidate.algorithm.is_baseline,
            "hyper_parameters": [
                {"name": setting, "value": float(value)}
                for setting, value in (candidate.settings | seeds).items()
            ],
            "metrics": self.metrics(candidate),
            "explained_by": self.model_id(explainer) if explainer else None,
            "is_champion": candidate is self.decision.champion,
            "is_published": candidate is self.decision.published,
        }
        if candidate is self.decision.published and self.fits.task.target.kind == "declared":
            row["held_out_models"] = fit_held_out(self.fits, candidate)
        if candidate is self.decision.champion:
            row["comparisons"] = self.comparisons(name)
            row["importances"] = self.fits.importances(self.models[name])
        if candidate is self.decision.published and self.refit.models:
            row |= self.fits.describe_learnt(self.fits.newest())
        if self.decision.is_shown(candidate):
            row["gains"] = test.gains()
            row["calibration"] = test.calibration()
            row["confusion"] = test.confusion()
            row["test_predictions"] = test.predictions()
        return row | fits_table.describe_model(model, keeps_estimator=is_needed)

    def model_id(self, algorithm: str) -> str:
        """Name the model of an algorithm."""
        return f"{self.fits.task.target.name}_{algorithm}"

    def explainer(self, candidate: Candidate) -> str | None:
        """Name the algorithm that gives the reasons: this one, or another in its stead."""
        for name in (candidate.algorithm.name, *candidate.algorithm.explained_by):
            if name in self.final and self.final[name].model.is_explained:
                return name
        return None

    def metrics(self, candidate: Candidate) -> list[dict[str, Any]]:
        """List the metrics on all rows that the model was not fitted on."""
        name, best = candidate.algorithm.name, self.decision.best_baseline.algorithm.name
        day = self.fits.plan.test.day
        count = len(candidate.scored)
        listed = self.folds[name, count].rows("validation", None, self.folds[best, count], best)
        listed += self.test[name].rows("test", day, self.test[best], best)
        for then, judgement in self.earlier.get(name, {}).items():
            listed += judgement.rows("earlier", then, self.earlier[best][then], best)
        if candidate is self.decision.champion and self.fits.task.target.kind == "declared":
            shuffled = judge_shuffled(self.fits, candidate)
            listed += shuffled.rows("shuffled labels", day, self.test[best], best)
        if candidate is self.decision.published and self.refit.judged:
            newest, first = self.refit.judged
            listed += newest.rows("newest labels", None, first, name)
        return listed

    @cached_property
    def folds(self) -> dict[tuple[str, int], Judgement]:
        """Judge each candidate on its folds, and the best baseline on the same newest ones."""
        target = self.fits.task.target
        best = self.decision.best_baseline
        judged = {
            (each.algorithm.name, count): (each, count)
            for own in self.decision.candidates
            for count in [len(own.scored)]
            for each in (own, best)
        }
        return {
            key: judge(y, found, target.classes, target.seed, customers)
            for key, (each, count) in judged.items()
            for y, found, customers in [each.probabilities(count)]
        }

    def comparisons(self, name: str) -> list[dict[str, Any]]:
        """List the advantage of a model over each baseline, on the test date and before."""
        listed = []
        for each in self.decision.candidates:
            if not each.algorithm.is_baseline:
                continue
            baseline = each.algorithm.name
            day = self.fits.plan.test.day
            listed += self.test[name].comparisons("test", day, self.test[baseline], baseline)
            for then, judgement in self.earlier[name].items():
                beside = self.earlier[baseline][then]
                listed += judgement.comparisons("earlier", then, beside, baseline)
        return listed


def usable_features(catalog: duckdb.DuckDBPyRelation, kind: Kind) -> duckdb.DuckDBPyRelation:
    """Choose the features that a target may use.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    kind : Kind
        The kind of the target: what an undated feature said on an earlier date is not known, and
        what the company itself sends tells only of answers.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Rows of the catalogue.
    """
    return catalog.filter(
        {
            "future": "in_classification and is_dated",
            "declared": "in_classification",
            "response": f"(in_classification or family = '{CONTACTS}') and is_dated",
        }[kind]
    )


def _category_features(
    catalog: duckdb.DuckDBPyRelation, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """List the features about a product category, by name."""
    rows = (
        catalog.filter("product_category is not null")
        .project("product_category, family, feature_name")
        .order("feature_name")
        .fetchall()
    )
    return [row for row in rows if row[2] in columns]


def read_expected_shares(
    outlook: duckdb.DuckDBPyRelation, target: str, classes: list[str]
) -> dict[date, np.ndarray]:
    """Read the outlook of a target, labels folded into classes.

    Parameters
    ----------
    outlook : duckdb.DuckDBPyRelation
        Expected class shares by target, date and label.
    target : str
        Name of the target.
    classes : list of str
        Names of the classes.

    Returns
    -------
    dict
        Shares of the classes by date.
    """
    rows = (
        outlook.filter(f"target = {literal(target)}")
        .project("observation_date, label, expected_share")
        .order("observation_date, label")
        .fetchall()
    )
    found: dict[date, np.ndarray] = {}
    for day, label, share in rows:
        shares = found.setdefault(day, np.zeros(len(classes)))
        (position,) = positions(np.array([label], dtype=object), classes)
        if position >= 0:
            shares[position] += share
    return {day: bounded_shares(shares) for day, shares in found.items()}


def _nothing(target: str, reason: str) -> FittedTarget:
    """Give the row that says why nothing was fitted."""
    row = {
        "target": target,
        "model_id": f"{target}_none",
        "algorithm": "none",
        "is_baseline": False,
        "is_champion": False,
        "is_published": False,
        "reason": reason,
    }
    return FittedTarget(fits_table.write([row]), {})
