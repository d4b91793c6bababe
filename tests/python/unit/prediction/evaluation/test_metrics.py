"""The metrics say what they are taken to say, weighted or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from customer_personas.prediction.evaluation.metrics import interval, measure
from customer_personas.prediction.evaluation.resamples import Resamples


def values(y, probabilities, weights=None):
    resamples = Resamples.none(len(y))
    if weights is not None:
        resamples = Resamples(weights[:, None].astype(float), resamples.units, len(y))
    return {name: found[0] for name, found in measure(y, probabilities, resamples).items()}


def two(positive):
    return np.column_stack([1 - positive, positive])


def test_perfect_prediction():
    y = np.repeat([0, 1], [90, 10])
    found = values(y, two(y.astype(float)))
    assert found["accuracy"] == found["roc_auc"] == found["average_precision"] == 1
    assert found["lift_at_10_percent"] == pytest.approx(10)
    assert found["log_loss"] == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_figures_are_those_of_scikit_learn_on_the_resampled_rows(seed, class_count):
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(class_count), rng.integers(0, class_count, 60))
    found = rng.dirichlet(np.ones(class_count), len(y)).round(1) + 0.01
    found /= found.sum(axis=1, keepdims=True)
    # every row at least once, so that every class is shown
    counts = 1 + rng.integers(0, 3, len(y))
    rows = np.repeat(np.arange(len(y)), counts)
    weighted = values(y, found, counts)
    own, chance = y[rows], found[rows]
    predicted = chance.argmax(axis=1)
    assert weighted["accuracy"] == pytest.approx(metrics.accuracy_score(own, predicted))
    assert weighted["balanced_accuracy"] == pytest.approx(
        metrics.balanced_accuracy_score(own, predicted)
    )
    assert weighted["macro_f1"] == pytest.approx(
        metrics.f1_score(own, predicted, average="macro", zero_division=0)
    )
    assert weighted["log_loss"] == pytest.approx(
        metrics.log_loss(own, chance, labels=range(class_count)), abs=1e-6
    )
    scored = range(class_count) if class_count > 2 else [1]
    areas = [metrics.roc_auc_score(own == k, chance[:, k]) for k in scored]
    assert weighted["roc_auc"] == pytest.approx(np.mean(areas))
    if class_count == 2:
        assert weighted["average_precision"] == pytest.approx(
            metrics.average_precision_score(own, chance[:, 1])
        )
        assert weighted["brier"] == pytest.approx(metrics.brier_score_loss(own, chance[:, 1]))


def test_ties_do_not_depend_on_the_order_of_rows():
    y, positive = np.repeat([0, 1], [60, 40]), np.repeat([0.2, 0.6], 50)
    order = np.random.default_rng(1).permutation(100)
    one, other = values(y, two(positive)), values(y[order], two(positive[order]))
    assert one == pytest.approx(other)
    assert one["lift_at_10_percent"] == pytest.approx(0.8 / 0.4)


def test_undefined_metrics_are_left_out():
    found = values(np.zeros(5, dtype=int), two(np.full(5, 0.3)))
    assert "roc_auc" not in found and "lift_at_10_percent" not in found
    assert all(np.isfinite(list(found.values())))
    assert measure(np.zeros(0, dtype=int), np.zeros((0, 2)), Resamples.none(0)) == {}


def test_a_class_never_learnt_counts_as_an_error():
    found = values(np.array([0, 1, 2, 3, -1]), np.eye(4)[[0, 1, 2, 3, 0]] * 0.96 + 0.01)
    assert found["accuracy"] == found["top_3_hit_rate"] == pytest.approx(0.8)
    assert found["log_loss"] > 1.5
    assert all(np.isfinite(list(found.values())))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(5)
    covered = 0
    for seed in range(100):
        y = (rng.random(300) < 0.4).astype(int)
        resamples = Resamples.draw(np.arange(300), seed)
        low, high = interval(measure(y, two(np.full(300, 0.9)), resamples)["accuracy"], 300)
        covered += low <= 0.4 <= high
    assert 88 <= covered <= 100


@pytest.mark.parametrize("count", [8, 20])
def test_intervals_of_few_customers_cover_the_truth_nearly_as_often(count):
    """Plain percentiles hold a mean of eight in 88 of 100 cases, of twenty in 92."""
    rng = np.random.default_rng(count)
    covered = 0
    for seed in range(2000):
        mean = Resamples.draw(np.arange(count), seed).total(rng.normal(size=count)) / count
        low, high = interval(mean, count)
        covered += low <= 0 <= high
    assert 0.92 <= covered / 2000 <= 0.97
