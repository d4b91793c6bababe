"""What holds for every algorithm and baseline, however it is scored."""

import os
import subprocess
import sys

import duckdb
import numpy as np
import pytest
import yaml
from conftest import ROOT
from small_targets import DATES, assert_sql_agrees, features, learn, sample

from customer_personas.prediction.model_parts.kept_estimators import dump, load
from customer_personas.prediction.models import REGISTRY

# these need features about the classes, or about contacts: their own tests have them
OTHER_FEATURES = ("own_habit", "choice_model", "responded_before")
BINARY_ONLY = ("recency_only", "bg_nbd")
CLASSES = {2: ["no", "yes"], 3: ["a", "b's", "需要"], 9: [f"need {n}" for n in range(9)]}


@pytest.fixture(scope="module")
def samples():
    return {count: sample(names, customer_count=250) for count, names in CLASSES.items()}


@pytest.fixture(scope="module")
def now():
    """Customers that no model has seen."""
    return duckdb.connect().from_arrow(features(700, DATES[:1], seed=5).slice(0, 700))


@pytest.fixture(scope="module")
def models(samples):
    return {
        (name, count): learn(algorithm, samples[count])
        for name, algorithm in REGISTRY.items()
        for count in CLASSES
        if name not in OTHER_FEATURES and (count == 2 or name not in BINARY_ONLY)
    }


EACH = [
    (name, count)
    for name in REGISTRY
    for count in CLASSES
    if name not in OTHER_FEATURES and (count == 2 or name not in BINARY_ONLY)
]


@pytest.mark.parametrize("which", EACH)
def test_it_is_scored_by_sql_or_kept_as_an_estimator(models, now, which):
    name, count = which
    model = models[which]
    if model.scores_sql() is not None:
        assert_sql_agrees(model, CLASSES[count], now)
    if model.estimator is not None:
        content = dump(model.estimator)
        estimator = load(content, REGISTRY[name].trusted_types)
        kept = REGISTRY[name].restore(model.encoding, count, estimator)
        X, _ = model.encoding.matrix(now, ["customer_id"])
        assert np.array_equal(kept.scores(X), model.scores(X))
    assert model.scores_sql() is not None or model.estimator is not None


@pytest.mark.parametrize("which", EACH)
def test_unused_inputs_change_nothing(models, now, which):
    model = models[which]
    X, _ = model.encoding.matrix(now, ["customer_id"])
    unused = [name not in model.used_inputs() for name in model.encoding.names]
    shuffled = X.copy()
    shuffled[:, unused] = 12345.0
    assert np.array_equal(model.scores(X), model.scores(shuffled))


@pytest.mark.parametrize("which", EACH)
def test_several_settings_at_once_are_those_fitted_one_by_one(samples, now, which):
    name, count = which
    algorithm = REGISTRY[name]
    settings = algorithm.settings(count)
    if len(settings) < 2:
        return
    drawn = samples[count]
    alone = [learn(algorithm, drawn, each) for each in settings]
    together = learn_each(algorithm, drawn, settings)
    X, _ = alone[0].encoding.matrix(now, ["customer_id"])
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.scores(X), other.scores(X))


def learn_each(algorithm, drawn, settings):
    class Several(type(algorithm)):
        def fit(self, target, encoding, rows, chosen):
            if chosen is not settings:
                return super().fit(target, encoding, rows, chosen)
            return list(self.fit_each(target, encoding, rows, settings))

    return learn(Several(), drawn, settings)


@pytest.mark.parametrize("which", [each for each in EACH if each[1] == 9])
def test_a_class_that_no_row_showed_is_the_least_likely(samples, now, which):
    algorithm = REGISTRY[which[0]]
    if algorithm.is_baseline:
        return
    y = samples[9][3]
    model = learn(algorithm, samples[9], rows=y != 4)
    X, _ = model.encoding.matrix(now, ["customer_id"])
    scores = model.scores(X)
    assert scores.shape == (len(X), 9)
    assert (scores.argmin(axis=1) == 4).all()


def test_the_var_names_all_algorithms():
    named = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["algorithms"]
    assert set(named) == {name for name, each in REGISTRY.items() if not each.is_baseline}


def test_bytes_of_estimators_are_the_same_in_another_process():
    program = """
import hashlib
from customer_personas.prediction.models import REGISTRY
from customer_personas.prediction.model_parts.kept_estimators import dump
from small_targets import learn, sample
drawn = sample(["a", "b", "c"], customer_count=120)
for name in ("decision_tree", "random_forest", "gradient_boosting", "rbf_svm"):
    print(name, hashlib.sha256(dump(learn(REGISTRY[name], drawn).estimator)).hexdigest())
"""
    found = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests/python")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
