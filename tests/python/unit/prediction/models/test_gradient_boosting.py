"""A boosting is scored by its estimator, and its trees are read as they are."""

import numpy as np
import pytest
from small_targets import learn, sample

from customer_personas.prediction.models.gradient_boosting import GradientBoosting


@pytest.mark.parametrize("names", [["no", "yes"], ["a", "b", "c"]])
def test_scores_are_the_sum_over_the_trees(names):
    drawn = sample(names, customer_count=200)
    model = learn(GradientBoosting(), drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    said = sum(tree.values[own] for tree, own in zip(model.trees, model.leaves(X).T, strict=True))
    start = np.ravel(model.estimator._baseline_prediction)
    start = np.append(0.0, start) if len(names) == 2 else start
    assert np.allclose(model.scores(X), said + start)
    assert model.scores_sql() is None


def test_of_many_classes_the_simplest_is_tried():
    listed = GradientBoosting().settings(2)
    assert len(listed) == 4
    assert GradientBoosting().settings(3) == listed[:1]
    assert all(listed[0][name] <= each[name] for each in listed for name in each)
