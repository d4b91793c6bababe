"""What tells clusters from noise."""

import numpy as np
import pytest
from companies import blobs

from customer_personas.segmentation.null_distribution import compare_with_null


def compare(points, groups, k):
    """What the null distribution says."""
    return compare_with_null(points, groups, k, seed=1)


EACH = [np.array([column]) for column in range(4)]


def correlated(count=1000, width=4, seed=0):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(count, 1))
    return 0.8 * shared + 0.6 * rng.normal(size=(count, width))


def test_blobs_are_far_from_noise():
    points, _ = blobs([300, 250, 200, 250])
    found = compare(points, EACH, 4)
    assert found["inertia_to_shuffled"] < 0.7
    assert found["silhouette_over_shuffled"] > 0.2


@pytest.mark.parametrize("seed", range(5))
def test_independent_noise_is_like_reshuffled_columns(seed):
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.normal(size=1000), rng.exponential(size=1000), rng.random(1000)])
    found = compare(points, EACH[:3], 4)
    assert found["inertia_to_shuffled"] == pytest.approx(1, abs=0.04)
    assert found["silhouette_over_shuffled"] == pytest.approx(0, abs=0.04)


@pytest.mark.parametrize("seed", range(5))
def test_correlation_beats_reshuffled_columns(seed):
    found = compare(correlated(seed=seed), EACH, 4)
    assert found["inertia_to_shuffled"] < 0.9
    assert found["silhouette_over_shuffled"] > 0.03


def test_a_feature_that_has_become_constant_is_compared_as_well():
    points, _ = blobs([300, 250, 200, 250])
    with_constant = np.column_stack([points, np.full(1000, 2.0)])
    found = compare(with_constant, [*EACH, np.array([4])], 4)
    assert found["inertia_to_shuffled"] < 0.7
    # of all features: nothing is better than nothing
    found = compare(np.ones((100, 2)), EACH[:2], 2)
    assert found["inertia_to_shuffled"] == 1


def test_inputs_of_one_feature_are_reshuffled_together():
    rng = np.random.default_rng(1)
    level = rng.integers(0, 4, 600)
    one_hot = np.eye(4)[level] * 3 + 0.1 * rng.normal(size=(600, 4))
    together = compare(one_hot, [np.arange(4)], 4)
    assert together["inertia_to_shuffled"] == pytest.approx(1, abs=1e-6)
