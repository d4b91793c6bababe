"""What tells clusters from noise, and stable clusters from chance."""

import numpy as np
import pytest
from companies import blobs

from customer_personas.segmentation import quality
from customer_personas.segmentation.clusterings import fit_clustering

EACH = [np.array([column]) for column in range(4)]


def correlated(count=1000, width=4, seed=0):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(count, 1))
    return 0.8 * shared + 0.6 * rng.normal(size=(count, width))


def test_blobs_are_far_from_every_null():
    points, _ = blobs([300, 250, 200, 250])
    found = quality.compare_with_noise(points, EACH, 4, seed=1)
    assert found["inertia_to_shuffled"] < 0.7
    assert found["silhouette_over_shuffled"] > 0.2
    assert found["inertia_to_correlated"] < 0.7
    assert found["silhouette_over_correlated"] > 0.2


@pytest.mark.parametrize("seed", range(5))
def test_independent_noise_is_like_reshuffled_columns(seed):
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.normal(size=1000), rng.exponential(size=1000), rng.random(1000)])
    found = quality.compare_with_noise(points, EACH[:3], 4, seed=1)
    assert found["inertia_to_shuffled"] == pytest.approx(1, abs=0.04)
    assert found["silhouette_over_shuffled"] == pytest.approx(0, abs=0.04)


@pytest.mark.parametrize("seed", range(5))
def test_correlation_beats_reshuffled_columns_but_not_the_copula(seed):
    found = quality.compare_with_noise(correlated(seed=seed), EACH, 4, seed=1)
    assert found["inertia_to_shuffled"] < 0.9
    assert found["silhouette_over_shuffled"] > 0.03
    assert found["inertia_to_correlated"] > 0.95
    assert found["silhouette_over_correlated"] < 0.03


def test_few_correlated_customers_with_many_features_are_a_continuum():
    ratios = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        points = rng.normal(size=(200, 1)) + 0.33 * rng.normal(size=(200, 12))
        points = (points - points.mean(axis=0)) / points.std(axis=0)
        found = quality.compare_with_noise(
            points, [np.array([each]) for each in range(12)], 5, seed=1
        )
        ratios.append(found["inertia_to_correlated"])
        assert ratios[-1] > 0.95 or found["silhouette_over_correlated"] < 0.03
    # the null is as tight as the points are, no looser
    assert np.mean(ratios) == pytest.approx(1, abs=0.03)


def test_a_feature_that_has_become_constant_is_compared_as_well():
    points, _ = blobs([300, 250, 200, 250])
    with_constant = np.column_stack([points, np.full(1000, 2.0)])
    found = quality.compare_with_noise(with_constant, [*EACH, np.array([4])], 4, seed=1)
    assert found["inertia_to_correlated"] < 0.7
    # of all features: nothing is better than nothing
    found = quality.compare_with_noise(np.ones((100, 2)), EACH[:2], 2, seed=1)
    assert found["inertia_to_shuffled"] == found["inertia_to_correlated"] == 1


def test_inputs_of_one_feature_are_reshuffled_together():
    rng = np.random.default_rng(1)
    level = rng.integers(0, 4, 600)
    one_hot = np.eye(4)[level] * 3 + 0.1 * rng.normal(size=(600, 4))
    together = quality.compare_with_noise(one_hot, [np.arange(4)], 4, seed=1)
    assert together["inertia_to_shuffled"] == pytest.approx(1, abs=1e-6)


def test_stable_clusters_come_back_and_slices_of_a_ball_do_not():
    points, _ = blobs([300, 250, 200, 250])
    clustering = fit_clustering("kmeans", points, 4, seed=1)
    found = quality.stability(points, clustering, quality.refit("kmeans", 4), seed=1)
    assert found["smallest_jaccard"] > 0.99
    assert found["bootstrap_adjusted_rand_index"] > 0.99
    assert len(found["jaccards"]) == 4
    ball = np.random.default_rng(0).normal(size=(1000, 4))
    clustering = fit_clustering("kmeans", ball, 6, seed=1)
    found = quality.stability(ball, clustering, quality.refit("kmeans", 6), seed=1)
    assert found["smallest_jaccard"] < 0.8


def test_explained_share_is_eta_squared():
    labels = np.array([0, 0, 1, 1])
    assert quality.explained_share(labels, np.array([[1.0], [1.0], [3.0], [3.0]])) == 1
    assert quality.explained_share(labels, np.array([[1.0], [3.0], [1.0], [3.0]])) == 0
    # groups at 1 and 3, each one off by 1: half of the variance lies between them
    assert quality.explained_share(labels, np.array([[0.0], [2.0], [2.0], [4.0]])) == 0.5
    assert quality.explained_share(labels, np.zeros((4, 1))) == 0


def test_jaccard_is_shared_members_over_members_of_either():
    found = quality.jaccard_matrix(np.array([[30, 10], [0, 20]]))
    assert found == pytest.approx(np.array([[30 / 40, 10 / 60], [0, 20 / 30]]))
    # a hundred more were in the first group before, and are nowhere now
    found = quality.jaccard_matrix(np.array([[30]]), np.array([130]), np.array([30]))
    assert found == pytest.approx(np.array([[30 / 130]]))


def test_a_surrogate_tree_repeats_groups_that_lie_along_the_axes():
    points, group = blobs([200, 200, 200])
    assert quality.surrogate_fidelity(points, group) > 0.99
    assert quality.surrogate_fidelity(points, np.random.default_rng(0).integers(0, 3, 600)) < 0.5


def made_of_one_factor(kind, count=1500):
    """Customers who differ along one line only, seen in counts, flags, bands or numbers."""
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(count, 1))
    if kind == "counts":
        points = np.log1p(rng.poisson(np.exp(0.8 * factor + rng.normal(size=(count, 4)) * 0.2)))
    elif kind == "flags":
        points = (factor + rng.normal(size=(count, 6)) > 0).astype(float)
    elif kind == "bands":
        band = np.digitize(factor[:, 0], [-1, -0.3, 0.3, 1])
        points = np.hstack([factor, np.eye(5)[band]])
        return points, [np.array([0]), np.arange(1, 6)]
    else:
        points = factor + 0.6 * rng.normal(size=(count, 4))
    return points, [np.array([column]) for column in range(points.shape[1])]


@pytest.mark.parametrize("kind", ["numbers", "counts", "flags", "bands"])
def test_one_factor_is_a_continuum_however_it_is_seen(kind):
    points, groups = made_of_one_factor(kind)
    found = quality.compare_with_noise(points, groups, 4, seed=1)
    assert found["inertia_to_correlated"] > 0.95 or found["silhouette_over_correlated"] < 0.03, (
        found
    )
