"""The metrics say what they are taken to say."""

import numpy as np
import pytest

from customer_personas.learning.evaluation import evaluate


def values(*arguments, key="value"):
    return {each["metric"]: each[key] for each in evaluate(*arguments)}


def test_perfect_prediction():
    y = ["no"] * 90 + ["yes"] * 10
    probabilities = np.array([[1.0, 0.0]] * 90 + [[0.0, 1.0]] * 10)
    found = values(y, probabilities, ["no", "yes"], [0.9, 0.1])
    assert found["accuracy"] == found["roc_auc"] == found["average_precision"] == 1
    assert found["lift_at_10_percent"] == pytest.approx(10)
    assert found["log_loss"] == pytest.approx(0, abs=1e-9)
    assert found["expected_calibration_error"] == 0


def test_baseline_knows_only_the_shares():
    y = ["no"] * 75 + ["yes"] * 25
    rng = np.random.default_rng(0)
    positive = rng.random(100)
    baseline = values(
        y,
        np.column_stack([1 - positive, positive]),
        ["no", "yes"],
        [0.75, 0.25],
        key="baseline_value",
    )
    assert baseline["accuracy"] == 0.75
    assert baseline["balanced_accuracy"] == baseline["roc_auc"] == 0.5
    assert baseline["lift_at_10_percent"] == pytest.approx(1)
    assert baseline["brier"] == pytest.approx(0.75 * 0.25)
    assert baseline["expected_calibration_error"] == pytest.approx(0)


def test_ties_do_not_depend_on_the_order_of_rows():
    y = np.array(["no"] * 60 + ["yes"] * 40)
    positive = np.repeat([0.2, 0.6], 50)
    probabilities = np.column_stack([1 - positive, positive])
    order = np.random.default_rng(1).permutation(100)
    one = values(y, probabilities, ["no", "yes"], [0.6, 0.4])
    other = values(y[order], probabilities[order], ["no", "yes"], [0.6, 0.4])
    assert one == pytest.approx(other)
    assert one["lift_at_10_percent"] == pytest.approx(0.8 / 0.4)


def test_undefined_metrics_are_left_out():
    probabilities = np.array([[0.7, 0.3]] * 5)
    found = values(["no"] * 5, probabilities, ["no", "yes"], [0.7, 0.3])
    assert "roc_auc" not in found and "lift_at_10_percent" not in found
    assert all(np.isfinite(list(found.values())))
    assert evaluate([], np.zeros((0, 2)), ["no", "yes"], [0.5, 0.5]) == []


def test_class_never_learnt_counts_as_an_error():
    classes = ["a", "b", "c", "d"]
    probabilities = np.eye(4)[[0, 1, 2, 3, 0]] * 0.96 + 0.01
    found = values(["a", "b", "c", "d", "unheard of"], probabilities, classes, [0.25] * 4)
    assert found["accuracy"] == pytest.approx(0.8)
    assert found["top_3_hit_rate"] == pytest.approx(0.8)
    assert found["log_loss"] > 5
    assert all(np.isfinite(list(found.values())))


def test_metrics_of_several_classes():
    classes = ["a", "b", "c"]
    found = values(["a", "b", "c"] * 10, np.tile(np.eye(3), (10, 1)), classes, [1 / 3] * 3)
    assert found["roc_auc"] == found["macro_f1"] == 1
    assert found["brier"] == 0
    assert "top_3_hit_rate" not in found
    assert "average_precision" not in found
