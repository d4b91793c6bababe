"""One target learnt: chosen on earlier dates, judged once on the newest, written as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.features.catalog import read_catalog
from customer_personas.features.encoding import Encoding, fit_encoding
from customer_personas.prediction import fits_table
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.calibration import bounded_shares, correct_prior_shift
from customer_personas.prediction.data.classes import choose_classes, obstacle, positions
from customer_personas.prediction.data.rows import PersonaOf, read_rows
from customer_personas.prediction.data.splits import Plan, Split
from customer_personas.prediction.evaluation.importances import permutation_importances
from customer_personas.prediction.evaluation.judgement import Judgement, judge
from customer_personas.prediction.feature_selection import Judged
from customer_personas.prediction.models import find_algorithms
from customer_personas.prediction.models.interface import Target
from customer_personas.prediction.search import Candidate, Encodings, Task
from customer_personas.sql import literal


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


def fit_target(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    outlook: duckdb.DuckDBPyRelation,
    *,
    target: str,
    kind: Literal["future", "declared"],
    horizon_days: int,
    algorithms: Sequence[str],
    seed: int,
    sample_size: int = 60_000,
    persona_of: PersonaOf | None = None,
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
    kind : {"future", "declared"}
        Whether labels look `horizon_days` ahead, or state what customers said themselves.
    horizon_days : int
        Length of a label window.
    algorithms : sequence of str
        Which algorithms of `models.REGISTRY` are tried.
    seed : int
        Seed of samples, folds and estimators.
    sample_size : int
        Largest number of rows read, all dates together; customers come with all their rows.
    persona_of : callable, optional
        Gives the persona of each customer of a relation of features, for metrics by persona.
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
    # What an undated attribute said on an earlier date is not known.
    allowed = "in_classification and is_dated" if kind == "future" else "in_classification"
    rows = read_rows(features, labels, target, kind, sample_size, seed)
    plan = rows.plan(kind, horizon_days)
    if isinstance(plan, str):
        return _nothing(target, plan)
    classes, note = choose_classes(rows.labels[plan.test.learn & rows.labelled])
    y = np.full(len(rows.labels), -1)
    y[rows.labelled] = positions(rows.labels[rows.labelled], classes)
    if reason := obstacle(y[plan.test.learn], rows.customers[plan.test.learn], classes):
        return _nothing(target, f"{reason} {note}".strip())
    about_categories = _category_features(catalog, features.columns) if kind == "future" else []
    task = Task(
        Target(target, kind, classes, about_categories, horizon_days, seed),
        rows,
        y,
        _expected_shares(outlook, target, classes),
    )
    usable = catalog.filter(allowed)
    encoding = fit_encoding(rows.relation(plan.test.learn & (y >= 0)), usable)
    if not encoding.inputs:
        return _nothing(target, "No feature can be used: all are empty, constant or undated.")
    judged = task.select(plan.selection, encoding)
    used = {each.feature_name for each in judged if each.is_used}
    say(
        f"{target}: {np.count_nonzero(y[plan.test.learn] >= 0)} rows to learn from, "
        f"{len(used)} of {len(judged)} features used, {len(classes)} classes"
    )
    encodings = Encodings(encoding, _only(encoding, used))
    baselines = task.try_baselines(plan.folds, encodings)
    if not baselines:
        return _nothing(target, f"No fold shows two classes to learn from. {note}".strip())
    tried = (
        task.try_algorithms(chosen, plan.folds, encodings, lambda line: say(f"{target}: {line}"))
        if encodings.selected.inputs
        else []
    )
    fits = _Fits(task, plan, usable, encodings, used, judged, say)
    return fits.report(baselines, tried, note, persona_of, catalog)


@dataclass(frozen=True)
class _Fits:
    """What is needed to fit the models for good and to judge them."""

    task: Task
    plan: Plan
    usable: duckdb.DuckDBPyRelation
    encodings: Encodings
    used: set[str]
    judged: list[Judged]
    say: Callable[[str], None]

    def report(
        self,
        baselines: list[Candidate],
        tried: list[Candidate],
        note: str,
        persona_of: PersonaOf | None,
        catalog: duckdb.DuckDBPyRelation,
    ) -> FittedTarget:
        """Fit and judge every model, choose the champion, decide what is published."""
        task, plan = self.task, self.plan
        self.say(f"{task.target.name}: judging on {plan.test.day or 'held-out customers'}")
        candidates = {each.algorithm.name: each for each in [*baselines, *tried]}
        models = {
            name: self.fit(each, self.encodings, plan.test) for name, each in candidates.items()
        }
        folds = {
            name: judge(*each.probabilities(), task.target.classes, None, task.target.seed)
            for name, each in candidates.items()
        }
        test = {name: self.judge(model, plan.test) for name, model in models.items()}
        models = {
            name: replace(model, prior_shift=self.prior_shift(model, self.now()))
            for name, model in models.items()
        }
        best_baseline = min(baselines, key=lambda each: each.loss).algorithm.name
        champion = min(tried, key=lambda each: each.loss).algorithm.name if tried else None
        passed, gate = (
            _gate(test[champion], test[best_baseline], best_baseline)
            if champion
            else (False, "No feature tells the classes apart better than chance.")
        )
        published = champion if champion and passed else best_baseline
        earlier = self.earlier(
            [each for each in candidates.values() if _is_retried(each, champion)]
        )
        personas = (
            persona_of(task.rows.relation(plan.test.judge & (task.y >= 0)))
            if persona_of is not None
            else {}
        )
        dates = self.record_rows(catalog)
        rows = []
        for name, model in models.items():
            candidate = candidates[name]
            metrics = folds[name].rows("validation", None, folds[best_baseline], best_baseline)
            metrics += test[name].rows("test", plan.test.day, test[best_baseline], best_baseline)
            for day, judgement in earlier.get(name, {}).items():
                beside = earlier[best_baseline][day]
                metrics += judgement.rows("earlier", day, beside, best_baseline)
            row: dict[str, Any] = {
                "target": task.target.name,
                "model_id": self.model_id(name),
                "algorithm": name,
                "is_baseline": candidate.algorithm.is_baseline,
                "hyper_parameters": [
                    {"name": setting, "value": float(value)}
                    for setting, value in (candidate.settings | {"seed": task.target.seed}).items()
                ],
                "metrics": metrics,
                "explained_by": self.explained_by(candidate, models),
                "is_champion": name == champion,
                "is_published": name == published,
                "reason": " ".join(
                    filter(
                        None,
                        [
                            _reason(candidate, champion, best_baseline, candidates),
                            gate if name in (champion, published) else "",
                            plan.note,
                            note,
                        ],
                    )
                ),
            }
            if name == champion:
                row["comparisons"] = [
                    each
                    for baseline in baselines
                    for each in self.compare(name, baseline.algorithm.name, test, earlier)
                ]
                row["importances"] = self.importances(model)
            if name in (champion, published):
                row["gains"] = test[name].gains()
                row["calibration"] = test[name].calibration()
                row["confusion"] = test[name].confusion()
                row["metrics"] += test[name].rows_by_persona(plan.test.day, personas)
            if name == published:
                row["feature_selection"] = [each.to_dict() for each in self.judged]
            rows.append(row | dates | fits_table.describe_model(model))
        return FittedTarget(
            fits_table.write(rows), {self.model_id(name): model for name, model in models.items()}
        )

    def model_id(self, algorithm: str) -> str:
        """Name the model of an algorithm."""
        return f"{self.task.target.name}_{algorithm}"

    def fit(self, candidate: Candidate, encodings: Encodings, split: Split) -> CalibratedModel:
        """Fit a candidate on the rows that a split learns from, and calibrate it for its date."""
        (model,) = self.task.fit(candidate.algorithm, [candidate.settings], encodings, split.learn)
        classes = self.task.target.classes
        none = np.zeros(len(classes))
        fitted = CalibratedModel(model, classes, candidate.inverse_temperature, none)
        return replace(fitted, prior_shift=self.prior_shift(fitted, split))

    def prior_shift(self, fitted: CalibratedModel, split: Split) -> np.ndarray:
        """Correct the prior shift of a model for the population of a split."""
        model = fitted.model
        if model.keeps_priors:
            return np.zeros(model.class_count)
        X = self.task.rows.matrix(model.encoding, split.population)
        scaled = fitted.inverse_temperature * model.scores(X)
        return correct_prior_shift(scaled, self.task.shares(split))

    def now(self) -> Split:
        """Give the customers to be scored; for declared labels the test rows stand in for them."""
        rows, plan = self.task.rows, self.plan
        if self.task.target.kind == "declared" or not rows.as_of.any():
            return plan.test
        none = np.zeros(len(rows.as_of), dtype=bool)
        return Split(plan.test.learn, none, rows.as_of, rows.days[rows.as_of].max())

    def judge(self, model: CalibratedModel, split: Split) -> Judgement:
        """Judge a model on rows that it was not fitted on, calibrated for their date."""
        rows = self.task.rows
        return judge(
            self.task.y[split.judge],
            model.probabilities(rows.matrix(model.model.encoding, split.judge)),
            self.task.target.classes,
            rows.customers[split.judge],
            self.task.target.seed,
        )

    def earlier(self, candidates: list[Candidate]) -> dict[str, dict[date, Judgement]]:
        """Judge candidates on every earlier date, each time fitted on dates before it."""
        found: dict[str, dict[date, Judgement]] = {each.algorithm.name: {} for each in candidates}
        for split in filter(self.task.can_learn, self.plan.earlier):
            encoding = fit_encoding(self.task.rows.relation(split.learn), self.usable)
            encodings = Encodings(encoding, _only(encoding, self.used))
            for each in candidates:
                if each.algorithm.is_baseline or encodings.selected.inputs:
                    model = self.fit(each, encodings, split)
                    found[each.algorithm.name][_day(split)] = self.judge(model, split)
        if self.plan.earlier:
            self.say(f"{self.task.target.name}: {len(self.plan.earlier)} earlier dates looked at")
        return found

    def compare(
        self,
        name: str,
        baseline: str,
        test: dict[str, Judgement],
        earlier: dict[str, dict[date, Judgement]],
    ) -> list[dict[str, Any]]:
        """List the advantage of a model over a baseline, on the test date and before."""
        listed = test[name].comparisons("test", self.plan.test.day, test[baseline], baseline)
        for day, judgement in earlier[name].items():
            listed += judgement.comparisons("earlier", day, earlier[baseline][day], baseline)
        return listed

    def importances(self, fitted: CalibratedModel) -> list[dict[str, Any]]:
        """Measure what the model loses on the test rows where a feature is shuffled."""
        task, encoding = self.task, fitted.model.encoding
        mask = self.plan.test.judge & (task.y >= 0)
        prior_shift = self.prior_shift(fitted, self.plan.test)
        return permutation_importances(
            lambda X: fitted.probabilities(X, prior_shift),
            task.rows.matrix(encoding, mask),
            task.y[mask],
            encoding,
            fitted.model.used_inputs(),
            task.target.seed,
        )

    def explained_by(self, candidate: Candidate, models: dict[str, CalibratedModel]) -> str | None:
        """Name the model that gives the reasons: this one, or another in its stead."""
        for name in (candidate.algorithm.name, *candidate.algorithm.explained_by):
            if name in models and models[name].model.is_explained:
                return self.model_id(name)
        return None

    def record_rows(self, catalog: duckdb.DuckDBPyRelation) -> dict[str, Any]:
        """Give the record of which rows the models learnt from and were judged by."""
        task, plan = self.task, self.plan
        undated = catalog.filter("in_classification and not coalesce(is_dated, false)")

        def days(mask: np.ndarray) -> list[date]:
            return sorted(set(task.rows.days[mask & (task.y >= 0)]))

        return {
            "training_dates": days(plan.test.learn),
            "validation_dates": [fold.day for fold in plan.folds if fold.day],
            "test_dates": days(plan.test.judge),
            "training_rows": int(np.count_nonzero(plan.test.learn & (task.y >= 0))),
            "test_rows": int(np.count_nonzero(plan.test.judge & (task.y >= 0))),
            "undated_features_left_out": (
                [row["feature_name"] for row in read_catalog(task.rows.relation(), undated)]
                if task.target.kind == "future"
                else []
            ),
        }


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


def _only(encoding: Encoding, features: set[str]) -> Encoding:
    """Keep the inputs of some features."""
    return encoding.keep([each.name for each in encoding.inputs if each.feature in features])


def _expected_shares(
    outlook: duckdb.DuckDBPyRelation, target: str, classes: list[str]
) -> dict[date, np.ndarray]:
    """Read the outlook of a target, labels folded into classes."""
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


def _is_retried(candidate: Candidate, champion: str | None) -> bool:
    """Say whether a candidate is judged on earlier dates as well."""
    return candidate.algorithm.is_baseline or candidate.algorithm.name == champion


def _day(split: Split) -> date:
    """Give the date of a split that has one."""
    assert split.day is not None
    return split.day


def _gate(champion: Judgement, baseline: Judgement, name: str) -> tuple[bool, str]:
    """Decide whether the champion earns its place, and say so in words."""
    advantage = champion.advantage("log_loss", baseline)
    if advantage is None:
        return False, f"Not judged: no test rows. The baseline {name} is published."
    value, low, high = advantage
    gain = f"log loss better by {value:.4f} (95 % interval {low:.4f} to {high:.4f})"
    if low > 0:
        return True, f"Passed the gate: on the test rows its {gain} than that of {name}."
    return False, (
        f"Refused by the gate: on the test rows the champion's {gain} than that of {name}, "
        f"which is published instead."
    )


def _reason(
    candidate: Candidate,
    champion: str | None,
    best_baseline: str,
    candidates: dict[str, Candidate],
) -> str:
    """Say why a candidate is the champion or not."""
    said = f"log loss {candidate.loss:.4f} on earlier dates"
    if candidate.algorithm.is_baseline:
        is_best = candidate.algorithm.name == best_baseline
        return f"{'The best baseline' if is_best else 'A baseline'}: {said}."
    if candidate.algorithm.name != champion:
        best = candidates[str(champion)].loss
        return f"Not chosen: {said}, against {best:.4f} of {champion}."
    others = [
        each.loss
        for name, each in candidates.items()
        if not each.algorithm.is_baseline and name != champion
    ]
    against = f", the next one {min(others):.4f}" if others else ""
    return f"Chosen: {said}{against}."


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
