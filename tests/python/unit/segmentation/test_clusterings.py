"""Planted groups are found, and clusters move with the customers."""

import numpy as np
import pytest
from companies import blobs
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from customer_personas.segmentation.clusterings import Clustering, fit_clustering, warm_start

ALGORITHMS = ["kmeans", "minibatch_kmeans", "gaussian_mixture", "ward", "hdbscan"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_planted_groups_are_found(algorithm):
    points, group = blobs([300, 250, 200, 150, 100])
    found = fit_clustering(algorithm, points, 5, seed=1)
    assert found.count == 5
    assert adjusted_rand_score(group, found.labels(points)) > 0.99
    sizes = np.bincount(found.labels(points))
    assert list(sizes) == sorted(sizes, reverse=True)


def test_gaussians_are_those_of_scikit_learn():
    points, _ = blobs([300, 200, 100])
    for width in (2, 4):
        fitted = GaussianMixture(3, random_state=0).fit(points[:, :width])
        clustering = Clustering(
            "gaussian_mixture", fitted.means_, fitted.weights_, fitted.precisions_cholesky_
        )
        assert (clustering.labels(points[:, :width]) == fitted.predict(points[:, :width])).all()


def test_fewer_distinct_points_than_clusters_give_fewer_clusters():
    points = np.repeat(np.array([[0.0, 0.0], [5.0, 5.0]]), 50, axis=0)
    assert fit_clustering("kmeans", points, 4, seed=1).count == 2


def test_a_warm_start_keeps_the_order_of_the_clusters():
    points, _ = blobs([300, 250, 200, 150])
    for algorithm in ("kmeans", "gaussian_mixture", "ward"):
        before = fit_clustering(algorithm, points, 4, seed=1)
        moved = warm_start(before, points + 0.2)
        assert (moved.labels(points + 0.2) == before.labels(points)).all()


@pytest.mark.parametrize("k", [2, 3, 7])
def test_a_cut_of_the_one_tree_is_the_clustering_of_scikit_learn(k):
    points, _ = blobs([300, 200, 100], spread=2)
    groups = AgglomerativeClustering(k, linkage="ward").fit_predict(points)
    expected = sorted(points[groups == each].mean(axis=0).tolist() for each in range(k))
    assert sorted(fit_clustering("ward", points, k, seed=1).centers.tolist()) == expected
