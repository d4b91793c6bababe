"""A choice model has one weight per aspect, whatever the class."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from small_targets import assert_kept_models_agree, features, fit, labels, rows_of

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import Target
from customer_personas.prediction.models.choice_model import (
    ASPECTS,
    INPUTS,
    Choice,
    ChoiceClassifier,
    choice_features,
    own_columns,
)
from customer_personas.prediction.scoring import explain

WEIGHTS = np.array([1.5, -0.5])


def choices(rows=6000, classes=4, seed=0):
    """Two aspects per class, and choices drawn from their weighted sum."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, classes, len(WEIGHTS)))
    utility = values @ WEIGHTS + rng.gumbel(size=(rows, classes))
    aspects = np.arange(classes * len(WEIGHTS)).reshape(classes, -1)
    return values.reshape(rows, -1), utility.argmax(axis=1), aspects


def test_the_weights_are_found_and_are_the_same_for_every_class():
    X, y, aspects = choices()
    model = ChoiceClassifier(aspects, C=1.0).fit(X, y)
    found = np.array([model.coef_[position, own] for position, own in enumerate(aspects)])
    assert np.allclose(found, found[0])
    assert found[0, 1] / found[0, 0] == pytest.approx(WEIGHTS[1] / WEIGHTS[0], abs=0.05)
    assert np.count_nonzero(model.coef_) == aspects.size
    assert (
        model.decision_function(X).argmax(axis=1) == (X.reshape(-1, 4, 2) @ WEIGHTS).argmax(1)
    ).mean() > 0.97


def test_a_class_never_chosen_is_scored_like_the_others():
    X, y, aspects = choices()
    seen = y != 3
    model = ChoiceClassifier(aspects, C=1.0).fit(X[seen], y[seen])
    scores = model.decision_function(X)
    assert scores.shape == (len(X), 4)
    assert scores[y == 3, 3].mean() > scores[y != 3, 3].mean() + 0.5


def test_a_class_without_aspects_has_a_level_of_its_own():
    X, y, aspects = choices()
    model = ChoiceClassifier([*aspects[:3], ()], C=1.0).fit(X, y)
    scores = model.decision_function(X)
    assert np.ptp(scores[:, 3]) == 0
    rare = np.where(y == 3, np.arange(len(y)) % 3, y)
    rare[:60] = 3
    fewer = ChoiceClassifier([*aspects[:3], ()], C=1.0).fit(X, rare)
    assert fewer.decision_function(X)[0, 3] < scores[0, 3] - 1


def test_a_category_needs_every_aspect():
    names = [f"{aspect}_{name}" for name in ("tea", "toys") for aspect in ASPECTS]
    names.remove("habit_last_toys")
    about = sorted((name.rsplit("_", 1)[1], "habits", name) for name in names)
    target = Target("next", "future", ["tea", "toys"], about, 90, 7)
    assert choice_features(target) == {"tea": [f"{aspect}_tea" for aspect in ASPECTS]}
    assert own_columns(target) == [list(range(len(INPUTS))), []]
    encoding = Choice().inputs(target, Encoding(()), np.array([0.6, 0.4]))
    assert encoding.features == choice_features(target)["tea"]
    assert {each.fill for each in encoding.inputs} == {0.6}


def test_a_habit_enters_as_logarithm_and_as_it_is():
    about = [("tea", "habits", f"{aspect}_tea") for aspect in ASPECTS]
    target = Target("next", "future", ["tea"], about, 90, 7)
    encoding = Choice().inputs(target, Encoding(()), np.array([1.0]))
    row = duckdb.sql("select " + ", ".join(f"0.5 as {name}" for _, _, name in about))
    (values,) = row.project(", ".join(each.expression() for each in encoding.inputs)).fetchall()
    ways = [(each.feature, each.transform) for each in encoding.inputs]
    assert ways == [(f"{aspect}_tea", transform) for aspect, transform in INPUTS]
    expected = [np.log(0.5) if transform == "log" else 0.5 for _, transform in INPUTS]
    assert values == pytest.approx(expected)


@parametrize_with_checks([ChoiceClassifier()])
def test_it_is_an_estimator_as_scikit_learn_expects(estimator, check):
    check(estimator)


def test_a_choice_model_weighs_what_was_done_about_each_class_alike():
    connection = duckdb.connect()
    table, names = features(), ("tea", "toys", "tools")
    rng = np.random.default_rng(4)
    tastes = rng.dirichlet([0.6] * 3, len(table))
    # what was spent shows the taste but dimly
    spent = np.array([rng.dirichlet(3 * taste + 0.05) for taste in tastes])
    seen = {
        aspect: np.clip(tastes + 0.15 * rng.random(tastes.shape), 0.01, 1) for aspect in ASPECTS
    }
    shares = {f"category_share_{name}": name for name in names}
    for position, name in enumerate(names):
        table = table.append_column(f"category_share_{name}", pa.array(spent[:, position]))
        for aspect, values in seen.items():
            table = table.append_column(f"{aspect}_{name}", pa.array(values[:, position]))
            shares[f"{aspect}_{name}"] = name
    wanted = (np.log(tastes + 0.02) + rng.gumbel(size=tastes.shape)).argmax(axis=1)
    labelled = labels(table, names, "next")
    drawn = pa.array(np.array(names)[wanted[: len(labelled)]])
    labelled = labelled.set_column(labelled.column_names.index("label"), "label", drawn)
    fitted = fit(
        connection, table, labelled, target="next", shares=shares, algorithms=["choice_model"]
    )
    row = rows_of(fitted)["choice_model"]
    assert row["is_published"], row["reason"]
    assert_kept_models_agree(connection, fitted, table.slice(0, 400))
    model = fitted.models["next_choice_model"].model.estimator
    assert np.count_nonzero(model.coef_) == len(names) * len(INPUTS)
    X, _ = fitted.models["next_choice_model"].model.encoding.matrix(
        connection.from_arrow(table.slice(0, 400)), ["customer_id"]
    )
    reasons = explain(fitted.models["next_choice_model"], X, np.full(len(X), 2))
    named = {each["feature_name"] for reason in reasons.to_pylist() for each in reason}
    assert {name.rsplit("_", 1)[1] for name in named} == set(names)
