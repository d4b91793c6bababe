"""Resamples draw customers, each with all their rows, however many there are."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from customer_personas.prediction.evaluation.judgement import judge
from customer_personas.prediction.evaluation.resamples import MOST_UNITS, Resamples


def test_totals_are_those_of_the_rows_drawn():
    rng = np.random.default_rng(0)
    customers, groups = rng.integers(0, 40, 300), rng.integers(0, 5, 300)
    values = rng.normal(size=300)
    found = Resamples.draw(customers, 3)
    assert found.customer_count == len(set(customers))
    drawn = found.weights[found.units]  # times that each row is in each resample
    assert np.allclose(found.total(values), values @ drawn)
    expected = [(values * (groups == group)) @ drawn for group in range(5)]
    assert np.allclose(found.totals(groups, 5, values), expected)
    assert np.allclose(found.totals(groups, 5).sum(axis=0), drawn.sum(axis=0))
    # all rows of a customer or none
    for customer in range(3):
        assert len({tuple(row) for row in drawn[customers == customer]}) == 1


def test_names_of_customers_do_as_well_as_numbers():
    numbers = np.random.default_rng(1).integers(0, 30, 90)
    names = np.array([f"c{number:02}" for number in numbers], dtype=object)
    assert np.array_equal(Resamples.draw(numbers, 1).units, Resamples.draw(names, 1).units)


def width(metric, y, found, customers=None):
    low, high = judge(y, found, ["no", "yes"], 1, customers).interval(metric)
    return high - low


def test_rows_of_one_customer_are_not_so_many_customers():
    rng = np.random.default_rng(2)
    chance = rng.random(500)
    y = (rng.random(500) < chance).astype(int)
    found = np.column_stack([1 - chance, chance])
    rows = np.tile(np.arange(500), 4)
    for metric in ("log_loss", "roc_auc", "accuracy"):
        once = width(metric, y, found)
        assert width(metric, y[rows], found[rows], rows) == pytest.approx(once, rel=0.01)
        assert width(metric, y[rows], found[rows]) < 0.7 * once


def test_many_customers_have_the_interval_of_so_many_and_the_metric_of_all():
    rng = np.random.default_rng(3)
    count = 6 * MOST_UNITS
    chance = rng.beta(1, 3, count)
    y = (rng.random(count) < chance).astype(int)
    judged = judge(y, np.column_stack([1 - chance, chance]), ["no", "yes"], 1)
    assert judged.customers == count
    assert judged.values["roc_auc"][0] == pytest.approx(roc_auc_score(y, chance), abs=1e-5)
    loss = -np.log(np.maximum(np.where(y, chance, 1 - chance), 1e-4))
    low, high = judged.interval("log_loss")
    assert high - low == pytest.approx(2 * 1.96 * loss.std() / np.sqrt(count), rel=0.15)


def test_two_models_are_compared_on_the_same_draws():
    rng = np.random.default_rng(4)
    chance = rng.random(2 * MOST_UNITS)
    y = (rng.random(len(chance)) < chance).astype(int)
    one = judge(y, np.column_stack([1 - chance, chance]), ["no", "yes"], 1)
    worse = np.clip(chance + 0.01, 0, 1)
    other = judge(y, np.column_stack([1 - worse, worse]), ["no", "yes"], 1)
    _, low, high = one.advantage("brier", other)
    width = np.subtract(*one.interval("brier")[::-1])
    assert high - low < 0.1 * width
