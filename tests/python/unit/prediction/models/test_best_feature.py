"""The baseline that knows one feature."""

import numpy as np
from small_targets import sample

from customer_personas.prediction.model_parts.interface import Target, TrainingRows
from customer_personas.prediction.models.best_feature import BestFeature, choose_feature


def drawn():
    target, encoding, relation, y = sample(kind="declared")
    X, _ = encoding.matrix(relation, ["observation_date", "customer_id"])
    return target, encoding, TrainingRows(X, y, np.ones(len(y), dtype=bool), 2)


def test_it_finds_the_feature_that_tells():
    target, encoding, rows = drawn()
    told = [n for n, each in enumerate(encoding.inputs) if each.feature == "sworn_secret"]
    y = (rows.X[:, told[0]] > 0.5).astype(int)
    rows = TrainingRows(rows.X, y, rows.is_newest, 2)
    assert choose_feature(target, encoding, rows) == "sworn_secret"
    model = BestFeature().fit(target, encoding, rows, {})
    assert model.encoding.features == ["sworn_secret"]
    assert (model.scores(rows.X[:, told]).argmax(axis=1) == y).mean() > 0.95


def test_it_suits_declared_labels_only():
    target, encoding, _ = drawn()
    assert BestFeature().suits(target, encoding)
    future = Target("t", "future", target.classes, [], 90, 1)
    assert not BestFeature().suits(future, encoding)
    assert not BestFeature().suits(target, encoding.keep([]))


def test_a_class_that_the_compared_rows_lack_does_no_harm():
    target, encoding, rows = drawn()
    y = np.zeros(len(rows.y), dtype=int)
    y[-1] = 1
    chosen = choose_feature(target, encoding, TrainingRows(rows.X, y, rows.is_newest, 2))
    assert chosen in encoding.features
