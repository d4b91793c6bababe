"""What tells stable clusters from chance, and what clusters tell."""

import numpy as np
import pytest
from companies import blobs
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.segmentation import quality
from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.samples import LATER_BUYERS, Outcomes


def test_stable_clusters_come_back_and_slices_of_a_ball_do_not():
    points, _ = blobs([300, 250, 200, 250])
    clustering = fit_clustering("kmeans", points, 4, seed=1)
    found, jaccards = quality.measure_stability(
        points, clustering, quality.make_refit("kmeans", 4), seed=1
    )
    assert found["smallest_jaccard"] > 0.99
    assert found["bootstrap_adjusted_rand_index"] > 0.99
    assert len(jaccards) == 4
    ball = np.random.default_rng(0).normal(size=(1000, 4))
    clustering = fit_clustering("kmeans", ball, 6, seed=1)
    found, _ = quality.measure_stability(ball, clustering, quality.make_refit("kmeans", 6), seed=1)
    assert found["smallest_jaccard"] < 0.8


def test_resamples_end_where_a_cluster_is_clearly_lost():
    ball = np.random.default_rng(0).normal(size=(1000, 4))
    clustering = fit_clustering("kmeans", ball, 6, seed=1)
    seeds = []

    def fit(points, seed):
        seeds.append(seed)
        return fit_clustering("kmeans", points, 6, seed, starts=3)

    found, _ = quality.measure_stability(ball, clustering, fit, seed=1, enough=0.8)
    assert found["smallest_jaccard"] < 0.8
    assert quality.FEWEST_RESAMPLES <= len(seeds) < quality.RESAMPLES


def test_explained_share_is_eta_squared():
    labels = np.array([0, 0, 1, 1])
    assert quality.measure_explained_share(labels, np.array([[1.0], [1.0], [3.0], [3.0]])) == 1
    assert quality.measure_explained_share(labels, np.array([[1.0], [3.0], [1.0], [3.0]])) == 0
    # groups at 1 and 3, each one off by 1: half of the variance lies between them
    assert quality.measure_explained_share(labels, np.array([[0.0], [2.0], [2.0], [4.0]])) == 0.5
    assert quality.measure_explained_share(labels, np.zeros((4, 1))) == 0


@given(st.floats(0.01, 20), st.integers(LATER_BUYERS, 400), st.booleans(), st.integers(0, 10_000))
def test_usefulness_is_a_share_of_what_customers_differ_in(spend, count, is_same, seed):
    """Where all spend the same, rounding alone varies, and its share may be anything."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, count)
    spent = np.full((count, 1), spend) if is_same else rng.gamma(1, spend, (count, 1)) + 0.01
    mixes = np.tile(rng.dirichlet([1, 1, 1]), (count, 1))
    found = Outcomes(spent, np.arange(count), mixes).measure_usefulness(labels)
    assert found.keys() == (set() if is_same else {"later_spend_explained", "usefulness"})
    assert all(0 <= each <= 1 for each in found.values())


def test_jaccard_is_shared_members_over_members_of_either():
    found = quality.measure_jaccard(np.array([[30, 10], [0, 20]]))
    assert found == pytest.approx(np.array([[30 / 40, 10 / 60], [0, 20 / 30]]))
    # a hundred more were in the first group before, and are nowhere now
    found = quality.measure_jaccard(np.array([[30]]), np.array([130]), np.array([30]))
    assert found == pytest.approx(np.array([[30 / 130]]))


def test_a_surrogate_tree_repeats_groups_that_lie_along_the_axes():
    points, group = blobs([200, 200, 200])
    assert quality.measure_surrogate_fidelity(points, group) > 0.99
    assert (
        quality.measure_surrogate_fidelity(points, np.random.default_rng(0).integers(0, 3, 600))
        < 0.5
    )
