"""Features that tell no groups apart are found, whatever stands beside them."""

import numpy as np
import pytest

from customer_personas.segmentation.narrowing import find_telling_features


def columns(points):
    return [np.array([each]) for each in range(points.shape[1])]


def make_groups(rng, count=800):
    """Four groups, each high in two of four columns: no column tells one group apart."""
    corners = 3.5 * np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])
    return corners[rng.integers(0, 4, count)] + rng.normal(size=(count, 4))


NOISE = {
    "normal": lambda rng, size: rng.normal(size=size),
    "flat": lambda rng, size: rng.random(size),
    "heavy tails": lambda rng, size: np.clip(rng.standard_t(3, size), -4, 4),
    "skewed": lambda rng, size: np.minimum(rng.exponential(size=size), 4),
    "flags": lambda rng, size: (rng.random(size) < 0.3).astype(float),
}


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("width", [1, 20])
def test_noise_columns_are_told_from_those_of_groups(kind, width):
    rng = np.random.default_rng(1)
    points = np.hstack([make_groups(rng), NOISE[kind](rng, (800, width))])
    points -= points.mean(axis=0)
    # as `fit_space` does: numbers are standardised, flags are not
    points /= np.where([len(np.unique(each)) == 2 for each in points.T], 1, points.std(axis=0))
    found = find_telling_features(points, columns(points), 8, 1)
    assert found.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", NOISE)
def test_groups_in_the_corners_are_told_by_how_far_they_lie_from_the_middle(kind):
    """Of income and score each has the same mean where the other is high, low or in between."""
    rng = np.random.default_rng(2)
    middle, corners = rng.normal([[0, 0]] * 80, 0.3), rng.normal(size=(120, 2))
    corners = 2.5 * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])[np.arange(120) % 4] + corners / 2
    points = np.hstack([np.vstack([middle, corners]), NOISE[kind](rng, (200, 1))])
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    assert find_telling_features(points, columns(points), 8, 1).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_where_there_are_no_groups(seed):
    points = np.random.default_rng(seed).normal(size=(600, 20))
    assert find_telling_features(points, columns(points), 8, seed).size == 0


def test_levels_of_a_feature_count_together_and_what_does_not_vary_tells_nothing():
    rng = np.random.default_rng(1)
    groups = make_groups(rng)
    levels = (rng.integers(0, 3, len(groups))[:, None] == np.arange(3)).astype(float)
    points = np.hstack([groups, levels, np.ones((len(groups), 1))])
    parts = [*(np.array([each]) for each in range(4)), np.arange(4, 7), np.array([7])]
    assert find_telling_features(points, parts, 8, 1).tolist() == [0, 1, 2, 3]


def test_too_few_features_or_customers_tell_nothing():
    points = np.random.default_rng(1).normal(size=(8, 3))
    assert not find_telling_features(points, columns(points), 8, 1).size
    assert not find_telling_features(points, [np.arange(3)], 2, 1).size
