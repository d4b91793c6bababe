"""A choice model has one weight per aspect, whatever the class."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from customer_personas.prediction.choice import (
    ASPECTS,
    INPUTS,
    ChoiceModel,
    choice_encoding,
    choice_features,
)

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
    model = ChoiceModel(aspects, C=1.0).fit(X, y)
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
    model = ChoiceModel(aspects, C=1.0).fit(X[seen], y[seen])
    scores = model.decision_function(X)
    assert scores.shape == (len(X), 4)
    assert scores[y == 3, 3].mean() > scores[y != 3, 3].mean() + 0.5


def test_a_class_without_aspects_has_a_level_of_its_own():
    X, y, aspects = choices()
    model = ChoiceModel([*aspects[:3], ()], C=1.0).fit(X, y)
    scores = model.decision_function(X)
    assert np.ptp(scores[:, 3]) == 0
    rare = np.where(y == 3, np.arange(len(y)) % 3, y)
    rare[:60] = 3
    fewer = ChoiceModel([*aspects[:3], ()], C=1.0).fit(X, rare)
    assert fewer.decision_function(X)[0, 3] < scores[0, 3] - 1


def test_a_category_needs_every_aspect():
    names = [f"{aspect}_{name}" for name in ("tea", "toys") for aspect in ASPECTS]
    names.remove("habit_last_toys")
    catalog = duckdb.connect().from_arrow(
        pa.table(
            {
                "feature_name": [*names, "recency_days"],
                "product_category": [name.rsplit("_", 1)[1] for name in names] + [None],
            }
        )
    )
    found = choice_features(catalog, names)
    assert found == {"tea": [f"{aspect}_tea" for aspect in ASPECTS]}
    encoding, aspects = choice_encoding(["toys", "tea"], found, np.array([0.4, 0.6]))
    assert aspects == ((), tuple(range(len(INPUTS))))
    assert encoding.features == found["tea"]
    assert {each.fill for each in encoding.inputs} == {0.6}


def test_a_habit_enters_as_logarithm_and_as_it_is():
    features = {"tea": [f"{aspect}_tea" for aspect in ASPECTS]}
    encoding, _ = choice_encoding(["tea"], features, np.array([1.0]))
    row = duckdb.sql("select " + ", ".join(f"0.5 as {name}" for name in features["tea"]))
    (values,) = row.project(", ".join(each.expression() for each in encoding.inputs)).fetchall()
    ways = [(each.feature, each.transform) for each in encoding.inputs]
    assert ways == [(f"{aspect}_tea", transform) for aspect, transform in INPUTS]
    expected = [np.log(0.5) if transform == "log" else 0.5 for _, transform in INPUTS]
    assert values == pytest.approx(expected)
