"""Labels predicted by a decision tree and a linear SVM, judged on a later date, written as SQL."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.tree import DecisionTreeClassifier

from customer_personas.learning.calibrated_svm import FOLDS, CalibratedLinearSVC, grouped_folds
from customer_personas.learning.encoding import Encoding, catalog_rows, fit_encoding
from customer_personas.learning.evaluation import evaluate
from customer_personas.learning.sampling import sample_customers
from customer_personas.learning.splits import Plan, plan_declared, plan_future
from customer_personas.learning.sql_scoring import softmax_scores_sql, tree_scores_sql
from customer_personas.sql_text import literal

OTHER = "other"
RARE_CLASS_SHARE = 0.01
RARE_CLASS_ROWS = 20
LABEL = "label_of_target"
KEYS = ["customer_id", "observation_date", LABEL]

TREE_GRID = {
    "max_depth": [4, 7],
    "min_samples_leaf": [0.005, 0.02],
    "ccp_alpha": [0.0, 0.0005],
}
SVM_GRID = {"C": [0.0001, 0.001, 0.01, 0.1]}

SCHEMA = pa.schema(
    [
        ("target", pa.string()),
        ("model_id", pa.string()),
        ("algorithm", pa.string()),
        ("hyper_parameters", pa.string()),
        ("features", pa.string()),
        ("classes", pa.string()),
        ("metrics", pa.string()),
        ("parameters", pa.string()),
        ("scoring_sql", pa.string()),
        ("is_champion", pa.bool_()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Rows:
    """Labelled rows as a matrix of inputs.

    Parameters
    ----------
    X : numpy.ndarray
        The inputs.
    labels, customers : numpy.ndarray
        The label and the customer of each row.
    """

    X: np.ndarray
    labels: np.ndarray
    customers: np.ndarray


@dataclass(frozen=True)
class FittedModel:
    """A fitted estimator with what it needs to predict from features.

    Parameters
    ----------
    encoding : Encoding
        The inputs.
    estimator : CalibratedLinearSVC or sklearn.tree.DecisionTreeClassifier
        The estimator; its classes are positions in `classes`.
    classes : list of str
        Names of the classes.
    """

    encoding: Encoding
    estimator: CalibratedLinearSVC | DecisionTreeClassifier
    classes: list[str]

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
                "probability": self.estimator.predict_proba(X).ravel(),
            }
        )


@dataclass(frozen=True)
class FittedTarget:
    """The fit of a target with its scikit-learn estimators, to check the SQL against.

    Parameters
    ----------
    table : pyarrow.Table
        One row per candidate.
    models : dict
        A fitted model per ``model_id``; none where nothing could be fitted.
    """

    table: pa.Table
    models: dict[str, FittedModel]


def fit_target(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    target: str,
    kind: Literal["future", "declared"],
    horizon_days: int,
    seed: int,
    sample_size: int = 30_000,
) -> pa.Table:
    """Fit a decision tree and a linear SVM for one target and judge both.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    labels : duckdb.DuckDBPyRelation
        The labels, of observation dates whose label window is complete.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    target : str
        Name of the target.
    kind : {"future", "declared"}
        Whether labels look `horizon_days` ahead of the observation date, or state what customers
        said themselves.
    horizon_days : int
        Length of a label window.
    seed : int
        Seed of samples, folds and estimators.
    sample_size : int
        Largest number of rows in each of the parts (selection, validation, training, test).

    Returns
    -------
    pyarrow.Table
        One row per algorithm, or a single row with the algorithm ``none`` and the reason why
        nothing could be fitted. ``scoring_sql`` is a SELECT over a relation ``features`` with one
        row per customer; it gives customer_id, class and probability.
    """
    return fit_target_estimators(
        features,
        labels,
        catalog,
        target=target,
        kind=kind,
        horizon_days=horizon_days,
        seed=seed,
        sample_size=sample_size,
    ).table


def fit_target_estimators(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    target: str,
    kind: Literal["future", "declared"],
    horizon_days: int,
    seed: int,
    sample_size: int = 30_000,
) -> FittedTarget:
    """Do the work of `fit_target` and keep the fitted estimators.

    Parameters
    ----------
    features, labels, catalog, target, kind, horizon_days, seed, sample_size
        As for `fit_target`.

    Returns
    -------
    FittedTarget
        The table and the estimators.
    """
    labelled = _labelled(features, labels, target)
    if kind == "future":
        ((first_date,),) = features.aggregate("min(observation_date)").fetchall()
        plan = plan_future(labelled, first_date, horizon_days)
    else:
        plan = plan_declared(labelled, seed)
    if isinstance(plan, str):
        return _nothing(target, plan)
    # What an undated attribute said on an earlier date is not known.
    allowed = "in_classification and is_dated" if kind == "future" else "in_classification"
    usable = catalog.filter(allowed)

    def part(condition: str) -> duckdb.DuckDBPyRelation:
        # sampled while the rows are narrow: features come to the rows that are taken only
        taken = sample_customers(labelled.filter(condition), sample_size, seed)
        # and they are read once: a relation is computed again whenever it is asked
        return duckdb.connect().from_arrow(_join(features, taken).to_arrow_table())

    training_rows = part(plan.training)
    encoding = fit_encoding(training_rows, usable)
    training = _read(training_rows, encoding)
    classes, note = _model_classes(training.labels)
    if obstacle := _obstacle(training, classes):
        return _nothing(target, f"{obstacle} {note}".strip())
    test = _read(part(plan.test), encoding)
    selected, note_on_selection = _select(plan, part, usable, training, encoding, classes, seed)
    y, known = _positions(training.labels, classes)
    models = {
        algorithm: FittedModel(
            encoding,
            _fit(algorithm, choice.hyper_parameters, training, y, known, seed),
            classes,
        )
        for algorithm, choice in selected.items()
    }
    champion, reasons = _choose(target, selected)
    notes = " ".join(filter(None, [note_on_selection, note]))
    shares = np.bincount(y[known], minlength=len(classes)) / known.sum()
    undated = catalog.filter(f"in_classification and not coalesce({allowed}, false)")
    record = {
        "dates": plan.dates,
        "rows": {"training": len(training.labels), "test": len(test.labels)},
        "undated_features_left_out": [
            row["feature_name"] for row in catalog_rows(features, undated)
        ],
        "encoding": encoding.to_dict(),
    }
    rows = [
        {
            "target": target,
            "model_id": f"{target}_{algorithm}",
            "algorithm": algorithm,
            "hyper_parameters": _json(selected[algorithm].hyper_parameters | {"seed": seed}),
            "features": _json(encoding.keep(_used_inputs(model)).features),
            "classes": _json(classes),
            "metrics": _json(
                _with_split("train", _evaluate(model, training, shares))
                + _with_split("validation", selected[algorithm].measures)
                + _with_split("test", _evaluate(model, test, shares))
            ),
            "parameters": _json(
                record
                | {"rows": record["rows"] | selected[algorithm].row_counts}
                | _parameters(model)
            ),
            "scoring_sql": _scoring_sql(model),
            "is_champion": algorithm == champion,
            "reason": f"{reasons[algorithm]} {notes}".strip(),
        }
        for algorithm, model in models.items()
    ]
    return FittedTarget(
        pa.Table.from_pylist(rows, schema=SCHEMA),
        {f"{target}_{algorithm}": model for algorithm, model in models.items()},
    )


# Which rows may be used for what


def _labelled(
    features: duckdb.DuckDBPyRelation, labels: duckdb.DuckDBPyRelation, target: str
) -> duckdb.DuckDBPyRelation:
    """Give the labels of one target of which the customer and date have features."""
    own = labels.query(
        "labels",
        f"""
        select customer_id, observation_date, cast(label as varchar) as {LABEL}
        from labels where target = {literal(target)} and label is not null
        """,
    )
    return _join(features.project("customer_id, observation_date"), own)


def _join(
    features: duckdb.DuckDBPyRelation, labelled: duckdb.DuckDBPyRelation
) -> duckdb.DuckDBPyRelation:
    """Join labels to the features of the same customer and date."""
    return features.set_alias("features").join(
        labelled.set_alias("labels"), "customer_id, observation_date"
    )


def _read(labelled: duckdb.DuckDBPyRelation, encoding: Encoding) -> Rows:
    """Read labelled rows, ordered by customer and date."""
    X, rows = encoding.matrix(labelled, KEYS)
    return Rows(
        X,
        np.asarray(rows[LABEL].to_pylist(), dtype=object),
        np.asarray(rows["customer_id"].to_pylist(), dtype=object),
    )


# Classes


def _model_classes(labels: np.ndarray) -> tuple[list[str], str]:
    """Give the classes that can be learnt, by name, and say what became of the others.

    Rare classes are folded into ``other``. Where that is still too rare, it is left out.
    """
    counts = pd.Series(labels).value_counts()
    if len(counts) <= 2:
        return sorted(counts.index), ""
    least = max(RARE_CLASS_ROWS, RARE_CLASS_SHARE * len(labels))
    frequent = set(counts.index[counts >= least]) - {OTHER}
    folded = sorted(set(counts.index) - frequent - {OTHER})
    rest = int(counts[counts.index.difference(list(frequent))].sum())
    if not folded and OTHER not in counts:
        return sorted(frequent), ""
    named = ", ".join(folded)
    rare = f"fewer than {RARE_CLASS_ROWS} training rows or {RARE_CLASS_SHARE:.0%} of them"
    if rest < RARE_CLASS_ROWS:
        return sorted(frequent), f"Left out of the training, with {rare}: {named}."
    return sorted(frequent | {OTHER}), f"Folded into '{OTHER}', with {rare}: {named}." * bool(
        folded
    )


def _fold_rare(labels: np.ndarray, classes: list[str]) -> np.ndarray:
    """Call labels that are no class ``other``, where there is such a class."""
    if OTHER not in classes:
        return labels
    return np.where(np.isin(labels, classes), labels, OTHER)


def _positions(labels: np.ndarray, classes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Give each label's position among the classes (-1 for none), and which rows have one."""
    index = {name: position for position, name in enumerate(classes)}
    y = np.array([index.get(label, -1) for label in _fold_rare(labels, classes)], dtype=int)
    return y, y >= 0


def _obstacle(rows: Rows, classes: list[str]) -> str:
    """Say why these rows cannot be learnt from, empty if they can."""
    if len(classes) == 0:
        return "No training rows."
    if len(classes) == 1:
        return f"All training rows have one class: {classes[0]}."
    if rows.X.shape[1] == 0:
        return "No feature can be used: all are empty, constant or undated."
    y, known = _positions(rows.labels, classes)
    customers = pd.Series(rows.customers[known]).groupby(y[known]).nunique()
    for position, name in enumerate(classes):
        if customers.get(position, 0) < FOLDS:
            return (
                f"The class '{name}' has {customers.get(position, 0)} customers in the training "
                f"rows; at least {FOLDS} are needed."
            )
    return ""


# Choosing hyper-parameters


@dataclass(frozen=True)
class Choice:
    """The best hyper-parameters of one algorithm.

    Parameters
    ----------
    hyper_parameters : dict
        The hyper-parameters.
    score : float
        Their score, larger is better.
    score_text : str
        The same in words.
    measures : list of dict
        All metrics on the validation rows.
    row_counts : dict
        Numbers of selection and validation rows.
    """

    hyper_parameters: dict[str, Any]
    score: float
    score_text: str
    measures: list[dict[str, Any]]
    row_counts: dict[str, int]


def _select(
    plan: Plan,
    part: Callable[[str], duckdb.DuckDBPyRelation],
    usable: duckdb.DuckDBPyRelation,
    training: Rows,
    encoding: Encoding,
    classes: list[str],
    seed: int,
) -> tuple[dict[str, Choice], str]:
    """Choose hyper-parameters on the validation part, or by cross-validation without one."""
    if plan.validation:
        # Bounds and medians are learnt from the selection rows too, not from later ones.
        selection_rows = part(plan.selection)
        selection_encoding = fit_encoding(selection_rows, usable)
        selection = _read(selection_rows, selection_encoding)
        validation = _read(part(plan.validation), selection_encoding)
        selection_classes, _ = _model_classes(selection.labels)
        obstacle = _obstacle(selection, selection_classes)
        if len(validation.labels) and not obstacle:
            counts = {"selection": len(selection.labels), "validation": len(validation.labels)}
            return _search([(selection, validation)], selection_classes, counts, seed), ""
        note = (
            f"Chosen by {FOLDS}-fold cross-validation over customers: the rows before the "
            f"validation part do not suffice. {obstacle}"
        ).strip()
    else:
        note = plan.note
    y, known = _positions(training.labels, classes)
    fold = np.full(len(y), -1)
    fold[known] = grouped_folds(y[known], training.customers[known], seed)
    pairs = [(_take(training, fold != k), _take(training, fold == k)) for k in range(FOLDS)]
    return _search(pairs, classes, {"cross_validation": int(known.sum())}, seed), note


def _take(rows: Rows, mask: np.ndarray) -> Rows:
    """Take some rows."""
    return Rows(rows.X[mask], rows.labels[mask], rows.customers[mask])


def _search(
    pairs: list[tuple[Rows, Rows]], classes: list[str], row_counts: dict[str, int], seed: int
) -> dict[str, Choice]:
    """Try every hyper-parameter on pairs of rows to fit and rows to judge; keep the best."""
    labels = np.concatenate([judged.labels for _, judged in pairs])
    fitted_y = np.concatenate([_positions(fitted.labels, classes)[0] for fitted, _ in pairs])
    shares = np.bincount(fitted_y[fitted_y >= 0], minlength=len(classes)) / (fitted_y >= 0).sum()
    best = {}
    for algorithm, hyper_parameters in _grid():
        predictions = [
            _probabilities(
                _fit(
                    algorithm, hyper_parameters, fitted, *_positions(fitted.labels, classes), seed
                ),
                judged.X,
                len(classes),
            )
            for fitted, judged in pairs
        ]
        measures = evaluate(
            _fold_rare(labels, classes), np.concatenate(predictions), classes, shares
        )
        values = {each["metric"]: each["value"] for each in measures}
        # probabilities are what is published, so they are what is chosen by
        score, text = -values["log_loss"], f"validation log loss {values['log_loss']:.4f}"
        if algorithm not in best or score > best[algorithm].score:
            best[algorithm] = Choice(hyper_parameters, score, text, measures, row_counts)
    return best


def _grid() -> Iterator[tuple[str, dict[str, Any]]]:
    """List the algorithms and hyper-parameters to try, the simplest of each algorithm first."""
    for algorithm, grid in (("decision_tree", TREE_GRID), ("linear_svm", SVM_GRID)):
        for values in product(*grid.values()):
            yield algorithm, dict(zip(grid, values, strict=True))


def _fit(
    algorithm: str,
    hyper_parameters: dict[str, Any],
    rows: Rows,
    y: np.ndarray,
    known: np.ndarray,
    seed: int,
) -> CalibratedLinearSVC | DecisionTreeClassifier:
    """Fit one estimator on the rows that have a class."""
    if algorithm == "decision_tree":
        return DecisionTreeClassifier(**hyper_parameters, random_state=seed).fit(
            rows.X[known], y[known]
        )
    return CalibratedLinearSVC(**hyper_parameters, seed=seed).fit(
        rows.X[known], y[known], rows.customers[known]
    )


def _probabilities(
    estimator: CalibratedLinearSVC | DecisionTreeClassifier, X: np.ndarray, class_count: int
) -> np.ndarray:
    """Predict probabilities, 0 for a class that a fold did not show."""
    probabilities = np.zeros((len(X), class_count))
    if len(X):
        probabilities[:, estimator.classes_] = estimator.predict_proba(X)
    return probabilities


def _evaluate(model: FittedModel, rows: Rows, shares: np.ndarray) -> list[dict[str, Any]]:
    """Measure a fitted model on some rows."""
    probabilities = _probabilities(model.estimator, rows.X, len(model.classes))
    return evaluate(_fold_rare(rows.labels, model.classes), probabilities, model.classes, shares)


def _with_split(split: str, measures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say which rows some metrics were measured on."""
    return [{"split": split} | measure for measure in measures]


def _choose(target: str, selected: dict[str, Choice]) -> tuple[str, dict[str, str]]:
    """Choose the champion by its validation score, and say why in words."""
    champion = max(selected, key=lambda algorithm: selected[algorithm].score)
    reasons = {}
    for algorithm, choice in selected.items():
        (rival,) = set(selected) - {algorithm}
        verdict = "Chosen" if algorithm == champion else "Not chosen"
        against = selected[rival].score_text.split()[-1]
        reasons[algorithm] = (
            f"{verdict}: {choice.score_text} against {against} of {target}_{rival}."
        )
    return champion, reasons


# What is published


def _used_inputs(model: FittedModel) -> list[str]:
    """List the inputs that a model looks at: a tree leaves most of them aside."""
    if isinstance(model.estimator, DecisionTreeClassifier):
        used = model.estimator.tree_.feature
        return [model.encoding.names[position] for position in sorted(set(used[used >= 0]))]
    return model.encoding.names


def _scoring_sql(model: FittedModel) -> str:
    """Write a fitted model as a SELECT over ``features``."""
    inputs_sql = model.encoding.keep(_used_inputs(model)).select_sql("features", ["customer_id"])
    if isinstance(model.estimator, DecisionTreeClassifier):
        return tree_scores_sql(inputs_sql, model.encoding.names, model.estimator, model.classes)
    return softmax_scores_sql(
        inputs_sql,
        model.encoding.names,
        model.estimator.scaler_,
        model.estimator.scores(),
        model.classes,
    )


def _parameters(model: FittedModel) -> dict[str, Any]:
    """Give the fitted numbers of a model."""
    if isinstance(model.estimator, DecisionTreeClassifier):
        tree = model.estimator.tree_
        nodes = [
            {"node": node, "shares": tree.value[node, 0].tolist()}
            if tree.children_left[node] == -1
            else {
                "node": node,
                "input": model.encoding.names[tree.feature[node]],
                "threshold": float(tree.threshold[node]),
                "at_most": int(tree.children_left[node]),
                "above": int(tree.children_right[node]),
            }
            for node in range(tree.node_count)
        ]
        return {"nodes": nodes}
    estimator = model.estimator
    return {
        "scaling": {
            "mean": estimator.scaler_.mean_.tolist(),
            "scale": estimator.scaler_.scale_.tolist(),
        },
        "svm": {
            "coefficients": estimator.svm_.coef_.tolist(),
            "intercepts": estimator.svm_.intercept_.tolist(),
        },
        "calibration": {
            "coefficients": estimator.calibrator_.coef_.tolist(),
            "intercepts": estimator.calibrator_.intercept_.tolist(),
        },
    }


def _nothing(target: str, reason: str) -> FittedTarget:
    """Give the row that says why nothing was fitted."""
    row = {
        "target": target,
        "model_id": f"{target}_none",
        "algorithm": "none",
        "hyper_parameters": "{}",
        "features": "[]",
        "classes": "[]",
        "metrics": "[]",
        "parameters": "{}",
        "scoring_sql": None,
        "is_champion": False,
        "reason": reason,
    }
    return FittedTarget(pa.Table.from_pylist([row], schema=SCHEMA), {})


def _json(value: Any) -> str:
    """Write a value as JSON text."""
    return json.dumps(value, ensure_ascii=False)
