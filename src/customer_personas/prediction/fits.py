"""One target learnt: chosen on earlier dates, judged once on the newest, written as SQL."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from customer_personas.features.catalog import read_catalog
from customer_personas.features.encoding import Encoding, fit_encoding
from customer_personas.prediction.baselines import Baseline, habit_features
from customer_personas.prediction.calibration import align, bounded_shares, probabilities
from customer_personas.prediction.choice import choice_features
from customer_personas.prediction.classes import choose_classes, obstacle, positions
from customer_personas.prediction.contributions import contributions_sql
from customer_personas.prediction.estimators import LINEAR, Fitted
from customer_personas.prediction.feature_selection import Judged
from customer_personas.prediction.reports import Judgement, judge, permutation_importances
from customer_personas.prediction.rows import PersonaOf, read_rows
from customer_personas.prediction.scoring_sql import probabilities_sql, used_inputs
from customer_personas.prediction.search import Candidate, Task
from customer_personas.prediction.splits import Plan, Split
from customer_personas.sql import literal

SCHEMA = pa.schema(
    [
        ("target", pa.string()),
        ("model_id", pa.string()),
        ("algorithm", pa.string()),
        ("is_baseline", pa.bool_()),
        ("hyper_parameters", pa.string()),
        ("features", pa.string()),
        ("classes", pa.string()),
        ("metrics", pa.string()),
        ("comparisons", pa.string()),
        ("gains", pa.string()),
        ("calibration", pa.string()),
        ("confusion", pa.string()),
        ("importances", pa.string()),
        ("feature_selection", pa.string()),
        ("parameters", pa.string()),
        ("scoring_sql", pa.string()),
        ("contributions_sql", pa.string()),
        ("is_champion", pa.bool_()),
        ("is_published", pa.bool_()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class FittedModel:
    """A fitted model with what it needs to predict from features.

    Parameters
    ----------
    candidate : Candidate
        What was learnt about it on earlier dates.
    model : Fitted or Baseline
        What scores.
    encoding : Encoding
        Its inputs.
    classes : list of str
        Names of the classes.
    offsets : numpy.ndarray, optional
        Level for the customers to be scored, one number per class.
    """

    candidate: Candidate
    model: Fitted | Baseline
    encoding: Encoding
    classes: list[str]
    offsets: np.ndarray | None = None

    def probabilities(self, X: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Predict from inputs at some level.

        Parameters
        ----------
        X : numpy.ndarray
            The inputs.
        offsets : numpy.ndarray
            One number per class.

        Returns
        -------
        numpy.ndarray
            One column per class.
        """
        return probabilities(self.model.scores(X), self.candidate.sharpness, offsets)

    def predict(self, features: duckdb.DuckDBPyRelation) -> pd.DataFrame:
        """Predict with scikit-learn what ``scoring_sql`` predicts with SQL.

        Parameters
        ----------
        features : duckdb.DuckDBPyRelation
            One row per customer.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``class`` and ``probability``, by customer and class.
        """
        X, rows = self.encoding.matrix(features, ["customer_id"])
        return pd.DataFrame(
            {
                "customer_id": np.repeat(rows["customer_id"].to_numpy(), len(self.classes)),
                "class": np.tile(self.classes, len(X)),
                "probability": self.probabilities(X, self.offsets).ravel(),
            }
        )


@dataclass(frozen=True)
class FittedTarget:
    """The fit of a target with its models, to check the SQL against.

    Parameters
    ----------
    table : pyarrow.Table
        One row per model.
    models : dict
        A fitted model per ``model_id``; none where nothing could be fitted.
    """

    table: pa.Table
    models: dict[str, FittedModel]


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
        Which of `estimators.GRIDS` are tried.
    seed : int
        Seed of samples, folds and estimators.
    sample_size : int
        Largest number of rows read, all dates together; customers come with all their rows.
    persona_of : callable, optional
        Gives the persona of each customer of a relation of features, for figures by persona.
    say : callable
        Takes a line about the progress.

    Returns
    -------
    FittedTarget
        One row per model, baselines included, or a single row with the algorithm ``none`` and the
        reason why nothing could be fitted. ``scoring_sql`` is a SELECT over a relation ``features``
        with one row per customer; it gives customer_id, class and probability.
    """
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
    task = Task(
        kind=kind,
        classes=classes,
        rows=rows,
        y=y,
        habits=habit_features(catalog, features.columns) if kind == "future" else {},
        choices=choice_features(catalog, features.columns) if kind == "future" else {},
        horizon_days=horizon_days,
        seed=seed,
        expected=_expected_shares(outlook, target, classes),
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
    selected = _only(encoding, used)
    baselines = task.try_baselines(plan.folds, encoding)
    if not baselines:
        return _nothing(target, f"No fold shows two classes to learn from. {note}".strip())
    tried = (
        task.try_algorithms(plan.folds, selected, algorithms, lambda line: say(f"{target}: {line}"))
        if selected.inputs
        else []
    )
    models = _Fit(target, task, plan, usable, encoding, selected, used, judged)
    return models.report(baselines, tried, note, persona_of, catalog, say)


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


@dataclass(frozen=True)
class _Fit:
    """What is needed to fit the models for good and to judge them."""

    target: str
    task: Task
    plan: Plan
    usable: duckdb.DuckDBPyRelation
    encoding: Encoding
    selected: Encoding
    used: set[str]
    judged: list[Judged]

    def report(
        self,
        baselines: list[Candidate],
        tried: list[Candidate],
        note: str,
        persona_of: PersonaOf | None,
        catalog: duckdb.DuckDBPyRelation,
        say: Callable[[str], None],
    ) -> FittedTarget:
        """Fit and judge every model, choose the champion, decide what is published."""
        task, plan = self.task, self.plan
        say(f"{self.target}: judging on {plan.test.day or 'held-out customers'}")
        models = {
            each.algorithm: self.fit(each, self.encoding, self.selected, plan.test)
            for each in [*baselines, *tried]
        }
        test = {name: self.judge(model, plan.test) for name, model in models.items()}
        models = {
            name: replace(model, offsets=self.offsets(model, self.now()))
            for name, model in models.items()
        }
        folds = {
            name: judge(*model.candidate.probabilities(), task.classes, None, task.seed)
            for name, model in models.items()
        }
        best_baseline = min(baselines, key=lambda each: each.loss).algorithm
        champion = min(tried, key=lambda each: each.loss).algorithm if tried else None
        gate = (
            _gate(test[champion], test[best_baseline], best_baseline)
            if champion
            else (False, "No feature tells the classes apart better than chance.")
        )
        published = champion if gate[0] else best_baseline
        earlier = self.earlier(
            [*baselines, *(each for each in tried if each.algorithm == champion)], say
        )
        personas = (
            persona_of(task.rows.relation(plan.test.judge & (task.y >= 0)))
            if persona_of is not None
            else {}
        )
        names = [each.algorithm for each in baselines]
        rows = []
        for name, model in models.items():
            metrics = folds[name].rows("validation", None, folds[best_baseline], best_baseline)
            metrics += test[name].rows("test", plan.test.day, test[best_baseline], best_baseline)
            comparisons = []
            if name in earlier:
                for day, judgement in earlier[name].items():
                    beside = earlier[best_baseline][day]
                    metrics += judgement.rows("earlier", day, beside, best_baseline)
            if name == champion:
                for other in names:
                    comparisons += test[name].comparisons("test", plan.test.day, test[other], other)
                    for day, judgement in earlier[name].items():
                        comparisons += judgement.comparisons(
                            "earlier", day, earlier[other][day], other
                        )
            shown = name in (champion, published)
            if shown and personas:
                metrics += test[name].rows_by_persona(plan.test.day, personas)
            rows.append(
                {
                    "target": self.target,
                    "model_id": f"{self.target}_{name}",
                    "algorithm": name,
                    "is_baseline": model.candidate.is_baseline,
                    "hyper_parameters": _json(
                        model.candidate.hyper_parameters | {"seed": task.seed}
                    ),
                    "features": _json(
                        model.encoding.keep(used_inputs(model.model, model.encoding)).features
                    ),
                    "classes": _json(task.classes),
                    "metrics": _json(metrics),
                    "comparisons": _json(comparisons),
                    "gains": _json(test[name].gains() if shown else []),
                    "calibration": _json(test[name].calibration() if shown else []),
                    "confusion": _json(test[name].confusion() if shown else []),
                    "importances": _json(self.importances(model) if name == champion else []),
                    "feature_selection": _json(
                        [each.to_dict() for each in self.judged] if name == published else []
                    ),
                    "parameters": _json(self.parameters(model, catalog)),
                    "scoring_sql": probabilities_sql(
                        model.model,
                        model.encoding,
                        task.classes,
                        model.candidate.sharpness,
                        model.offsets,
                    ),
                    "contributions_sql": self.contributions(models, name)
                    if name == published
                    else None,
                    "is_champion": name == champion,
                    "is_published": name == published,
                    "reason": " ".join(
                        filter(
                            None,
                            [
                                _reason(model.candidate, champion, best_baseline, models),
                                gate[1] if name in (champion, published) else "",
                                plan.note,
                                note,
                            ],
                        )
                    ),
                }
            )
        return FittedTarget(
            pa.Table.from_pylist(rows, schema=SCHEMA),
            {f"{self.target}_{name}": model for name, model in models.items()},
        )

    def fit(
        self, candidate: Candidate, encoding: Encoding, selected: Encoding, split: Split
    ) -> FittedModel:
        """Fit a candidate on the rows that a split learns from."""
        task = self.task
        if candidate.is_baseline:
            model = task.fit_baseline(candidate.algorithm, encoding, split.learn)
            return FittedModel(candidate, model, model.encoding, task.classes)
        model, own = task.fit_algorithm(
            candidate.algorithm, candidate.hyper_parameters, selected, split.learn
        )
        return FittedModel(candidate, model, own, task.classes)

    def offsets(self, model: FittedModel, split: Split) -> np.ndarray:
        """Find the level of a model for the population of a split."""
        if model.model.keeps_order:
            return np.zeros(len(model.classes))
        X = self.task.rows.matrix(model.encoding, split.population)
        return align(model.candidate.sharpness * model.model.scores(X), self.task.shares(split))

    def now(self) -> Split:
        """Give the customers to be scored; for declared labels the test rows stand in for them."""
        rows, plan = self.task.rows, self.plan
        if self.task.kind == "declared" or not rows.as_of.any():
            return plan.test
        none = np.zeros(len(rows.as_of), dtype=bool)
        return Split(plan.test.learn, none, rows.as_of, rows.days[rows.as_of].max())

    def judge(self, model: FittedModel, split: Split) -> Judgement:
        """Judge a model on rows that it was not fitted on, at the level expected of them."""
        rows = self.task.rows
        X = rows.matrix(model.encoding, split.judge)
        return judge(
            self.task.y[split.judge],
            model.probabilities(X, self.offsets(model, split)),
            self.task.classes,
            rows.customers[split.judge],
            self.task.seed,
        )

    def earlier(
        self, candidates: list[Candidate], say: Callable[[str], None]
    ) -> dict[str, dict[date, Judgement]]:
        """Judge candidates on every earlier date, each time fitted on dates before it."""
        found: dict[str, dict[date, Judgement]] = {each.algorithm: {} for each in candidates}
        for split in filter(self.task.can_learn, self.plan.earlier):
            encoding = fit_encoding(self.task.rows.relation(split.learn), self.usable)
            selected = _only(encoding, self.used)
            for each in candidates:
                if each.is_baseline or selected.inputs:
                    model = self.fit(each, encoding, selected, split)
                    found[each.algorithm][split.day] = self.judge(model, split)
        if self.plan.earlier:
            say(f"{self.target}: {len(self.plan.earlier)} earlier dates looked at")
        return found

    def importances(self, model: FittedModel) -> list[dict[str, Any]]:
        """Measure what the model loses on the test rows where a feature is shuffled."""
        task = self.task
        mask = self.plan.test.judge & (task.y >= 0)
        offsets = self.offsets(model, self.plan.test)
        return permutation_importances(
            lambda X: model.probabilities(X, offsets),
            task.rows.matrix(model.encoding, mask),
            task.y[mask],
            model.encoding,
            task.seed,
        )

    def contributions(self, models: dict[str, FittedModel], name: str) -> str | None:
        """Give the SQL of the reasons: those of the model, or of a linear one in its stead."""
        for each in [name, *(other for other in LINEAR if name == "rbf_svm")]:
            model = models.get(each)
            if model is None:
                continue
            fitted = model.model.recency if each == "recency_only" else model.model
            if isinstance(fitted, Fitted):
                sql = contributions_sql(fitted, model.encoding, self.task.classes)
                if sql:
                    return sql
        return None

    def parameters(self, model: FittedModel, catalog: duckdb.DuckDBPyRelation) -> dict[str, Any]:
        """Give the record of a fit: which rows, which level, which inputs."""
        task, plan = self.task, self.plan
        undated = catalog.filter("in_classification and not coalesce(is_dated, false)")

        def listed(mask: np.ndarray) -> list[str]:
            return [str(day) for day in sorted(set(task.rows.days[mask & (task.y >= 0)]))]

        return {
            "dates": {"training": listed(plan.test.learn), "test": listed(plan.test.judge)}
            | {"validation": [str(fold.day) for fold in plan.folds if fold.day]},
            "rows": {
                "training": int(np.count_nonzero(plan.test.learn & (task.y >= 0))),
                "test": int(np.count_nonzero(plan.test.judge & (task.y >= 0))),
            },
            "sharpness": model.candidate.sharpness,
            "offsets": model.offsets.tolist(),
            "undated_features_left_out": (
                [row["feature_name"] for row in read_catalog(task.rows.relation(), undated)]
                if task.kind == "future"
                else []
            ),
            "encoding": model.encoding.to_dict(),
        }


def _gate(champion: Judgement, baseline: Judgement, name: str) -> tuple[bool, str]:
    """Decide whether the champion earns its place, and say so in words."""
    advantage = champion.advantage("log_loss", baseline)
    if advantage is None:
        return False, f"Not judged: no test rows. The baseline {name} is published."
    value, low, high = advantage
    figures = f"log loss better by {value:.4f} (95 % interval {low:.4f} to {high:.4f})"
    if low > 0:
        return True, f"Passed the gate: on the test rows its {figures} than that of {name}."
    return False, (
        f"Refused by the gate: on the test rows the champion's {figures} than that of {name}, "
        f"which is published instead."
    )


def _reason(
    candidate: Candidate,
    champion: str | None,
    best_baseline: str,
    models: dict[str, FittedModel],
) -> str:
    """Say why a candidate is the champion or not."""
    said = f"log loss {candidate.loss:.4f} on earlier dates"
    if candidate.is_baseline:
        best = "The best baseline" if candidate.algorithm == best_baseline else "A baseline"
        return f"{best}: {said}."
    if candidate.algorithm == champion:
        others = [
            each.candidate.loss
            for each in models.values()
            if not each.candidate.is_baseline and each.candidate.algorithm != champion
        ]
        against = f", the next one {min(others):.4f}" if others else ""
        return f"Chosen: {said}{against}."
    best = models[champion].candidate.loss
    return f"Not chosen: {said}, against {best:.4f} of {champion}."


def _nothing(target: str, reason: str) -> FittedTarget:
    """Give the row that says why nothing was fitted."""
    lists = ("features", "classes", "metrics", "comparisons", "gains", "calibration", "confusion")
    row = {
        "target": target,
        "model_id": f"{target}_none",
        "algorithm": "none",
        "is_baseline": False,
        "hyper_parameters": "{}",
        **dict.fromkeys([*lists, "importances", "feature_selection"], "[]"),
        "parameters": "{}",
        "scoring_sql": None,
        "contributions_sql": None,
        "is_champion": False,
        "is_published": False,
        "reason": reason,
    }
    return FittedTarget(pa.Table.from_pylist([row], schema=SCHEMA), {})


def _json(value: Any) -> str:
    """Write a value as JSON text."""
    return json.dumps(value, ensure_ascii=False)
