"""Groups are where density falls between clusters; a continuum is cut, however it is bent."""

from itertools import pairwise

import numpy as np
import pytest
from mixtures import CONTINUA as FURTHER_CONTINUA
from mixtures import KINDS, draw_groups
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from customer_personas.segmentation.gaps import APART_SHARE, measure_apart_share, measure_gaps
from customer_personas.segmentation.narrowing import find_telling_features


def standardise(values):
    low, high = np.quantile(values, [0.01, 0.99], axis=0)
    values = np.clip(values, low, high)
    return (values - values.mean(axis=0)) / values.std(axis=0)


def draw_size(rng):
    return int(rng.choice([300, 600, 1200, 2000])), int(rng.integers(2, 11))


CONTINUA = {
    "one factor": lambda t, u, loads, e, rng: np.outer(t, loads[0]) + e,
    "two factors": lambda t, u, loads, e, rng: np.c_[t, u] @ loads + e,
    "parabola": lambda t, u, loads, e, rng: np.c_[t, t**2] + e[:, :2],
    "horseshoe": lambda t, u, loads, e, rng: (
        3 * np.c_[np.cos(t), np.sin(t)] / np.maximum(1, np.abs(t[:, None]) / 3) + e[:, :2]
    ),
    "long tails": lambda t, u, loads, e, rng: np.exp(0.7 * (np.outer(t, np.abs(loads[0])) + e)),
    "heavy tails": lambda t, u, loads, e, rng: (
        (np.outer(t, loads[0]) + e) / np.sqrt(rng.chisquare(3, (len(t), 1)) / 3)
    ),
    "cube": lambda t, u, loads, e, rng: rng.random(e.shape),
    "skewed": lambda t, u, loads, e, rng: rng.exponential(size=e.shape) * np.exp(0.4 * t)[:, None],
    "bent": lambda t, u, loads, e, rng: (plane := np.c_[t, u] @ loads / 2) + 0.5 * plane**2 + e,
    "counts": lambda t, u, loads, e, rng: np.log1p(
        rng.poisson(np.exp(0.8 * np.outer(t, np.abs(loads[0])) + 0.5 + e / 2))
    ),
}


def saturate(t, u, loads, e, rng):
    """Columns that saturate: no continuum, since most customers are at one of their ends."""
    return np.tanh(2 * np.c_[t, u] @ loads) + e


def make_continuum(seed):
    """Customers who differ by one or two factors, straight or bent."""
    rng = np.random.default_rng(1000 + seed)
    count, width = draw_size(rng)
    noise = rng.uniform(0.2, 0.6) * rng.normal(size=(count, width))
    draw = list(CONTINUA.values())[seed % len(CONTINUA)]
    factors = rng.normal(size=(2, count))
    return standardise(draw(*factors, rng.normal(size=(2, width)), noise, rng))


def bend(rng, angles, noise, radii=1.0):
    """Points along an arc or a spiral."""
    arc = np.c_[radii * np.cos(angles), radii * np.sin(angles)]
    return arc + noise * rng.normal(size=arc.shape)


# Kinds that no constant was chosen on.
OTHER_CONTINUA = {
    "ball": lambda n, w, rng: (
        (balls := rng.normal(size=(n, w)))
        / np.linalg.norm(balls, axis=1, keepdims=True)
        * rng.random((n, 1)) ** (1 / w)
    ),
    "spiral": lambda n, w, rng: bend(
        rng, turns := 1 + 6 * np.sqrt(rng.random(n)), noise=0.4, radii=turns
    ),
    "t with 2 degrees": lambda n, w, rng: rng.standard_t(2, size=(n, w)),
    "lognormal": lambda n, w, rng: np.exp(rng.normal(size=(n, w)) * rng.uniform(0.5, 1.2, w)),
    "three factors": lambda n, w, rng: (
        rng.normal(size=(n, 3)) @ rng.normal(size=(3, w + 1)) + 0.4 * rng.normal(size=(n, w + 1))
    ),
    "cubic in three dimensions": lambda n, w, rng: (
        np.vander(rng.normal(size=n), 4)[:, :3] / [3, 1, 1] + 0.25 * rng.normal(size=(n, 3))
    ),
    "ring segment": lambda n, w, rng: bend(rng, rng.uniform(0, 4.5, n), noise=0.15),
    "gamma factor": lambda n, w, rng: (
        rng.gamma(2, 1, (n, 1)) * rng.uniform(0.3, 1.5, w) + 0.4 * rng.gamma(1.5, 1, (n, w))
    ),
    "triangle": lambda n, w, rng: rng.dirichlet(np.ones(w + 1), n)[:, :w],
}


def make_other_continuum(seed):
    """Customers who differ smoothly, in ways that the constants of the test were not chosen on."""
    rng = np.random.default_rng(90_000 + seed)
    draw = list(OTHER_CONTINUA.values())[seed % len(OTHER_CONTINUA)]
    return standardise(draw(*draw_size(rng), rng))


def make_mixture(seed):
    """Three to six groups whose nearest centres lie 3.5 to 5 standard deviations apart."""
    rng = np.random.default_rng(5000 + seed)
    (count, width), k = draw_size(rng), int(rng.integers(3, 7))
    shares = np.maximum(rng.dirichlet(np.full(k, 8.0)), 0.08)
    distances = np.array([9.0, 0.0])
    while np.median(distances) > 1.5 * distances.min():
        centers = rng.normal(size=(k, width))
        between = np.linalg.norm(centers[:, None] - centers, axis=2)
        distances = (between + 99 * np.eye(k)).min(axis=1)
    centers *= rng.uniform(3.5, 5) / distances.min()
    group = rng.choice(k, count, p=shares / shares.sum())
    spread = rng.uniform(0.8, 1.2, size=(k, width))[group]
    return standardise(centers[group] + spread * rng.normal(size=(count, width)))


def are_called_groups(points, k_values):
    """Cut by K-means with the best silhouette, and judge."""
    cuts = [KMeans(k, n_init=3, random_state=0).fit_predict(points) for k in k_values]
    cuts = [cut for cut in cuts if np.bincount(cut).min() >= 0.05 * len(points)]
    if not cuts:
        return False
    labels = max(cuts, key=lambda cut: silhouette_score(points[:1000], cut[:1000]))
    columns = [np.array([each]) for each in range(points.shape[1])]
    gaps = measure_gaps(points, columns, labels, seed=1)
    return measure_apart_share(gaps, np.bincount(labels) / len(labels)) >= APART_SHARE


COUNTS = [pytest.param(10, id="ten"), pytest.param(50, id="fifty", marks=pytest.mark.slow)]


@pytest.mark.parametrize("make", [make_continuum, make_other_continuum])
@pytest.mark.parametrize("count", COUNTS)
def test_continua_are_no_groups(count, make):
    called = [seed for seed in range(count) if are_called_groups(make(seed), [4, 5, 6])]
    assert len(called) <= count // 50, called


@pytest.mark.parametrize("make", [make_continuum, make_other_continuum])
@pytest.mark.parametrize("count", COUNTS)
def test_continua_are_no_groups_where_two_to_eight_clusters_are_tried(count, make):
    called = [seed for seed in range(count) if are_called_groups(make(seed), range(2, 9))]
    assert len(called) <= count // 50, called


@pytest.mark.parametrize("draw", [saturate, CONTINUA["two factors"], CONTINUA["cube"]])
def test_columns_that_saturate_have_two_modes_and_others_none(draw):
    """What is cut in two there falls apart in truth, as many customers show."""
    rng = np.random.default_rng(7)
    count, width = 5_000, 4
    noise = 0.4 * rng.normal(size=(count, width))
    factors, loads = rng.normal(size=(2, count)), rng.normal(size=(2, width))
    points = standardise(draw(*factors, loads, noise, rng))
    assert are_called_groups(points, [2]) == (draw is saturate)


@pytest.mark.parametrize("count", COUNTS)
def test_mixtures_of_moderate_overlap_are_groups(count):
    called = [are_called_groups(make_mixture(seed), range(3, 7)) for seed in range(count)]
    assert np.mean(called) >= 0.8, np.flatnonzero(np.logical_not(called))


def test_groups_beside_the_way_between_two_do_not_fill_it():
    """Among many columns a third group lies near it by all that says nothing of the groups."""
    rng = np.random.default_rng(1)
    group = np.arange(4000) % 4
    # each 3.5 standard deviations from every other one
    points = standardise(3.5 * np.sqrt(0.5) * np.eye(10)[group] + rng.normal(size=(4000, 10)))
    columns = [np.array([each]) for each in range(10)]
    assert min(measure_gaps(points, columns, group, seed=1)) > 0.2


@pytest.mark.parametrize("k", [2, 3, 4, 6])
def test_an_arc_among_columns_that_say_nothing_is_no_groups(k):
    """Its ends are steep beside the line between two pieces: density is that of the way."""
    rng = np.random.default_rng(2)
    arc = bend(rng, rng.uniform(0, 4.5, 2000), noise=0.15)
    points = np.hstack([standardise(arc), 0.6 * rng.normal(size=(2000, 4))])
    assert not are_called_groups(points, [k])


def narrow(points):
    """Leave out what tells no groups apart, as is done where nothing else holds."""
    columns = [np.array([each]) for each in range(points.shape[1])]
    telling = find_telling_features(points, columns, 8, seed=1)
    return points[:, telling] if telling.size else points


def is_called_groups(kind, seed):
    rng = np.random.default_rng(seed)
    points, _ = draw_groups(KINDS[kind], rng.uniform(0.01, 0.03), rng)
    points = standardise(points[:1500])
    return are_called_groups(narrow(points) if KINDS[kind].noise else points, range(2, 9))


FEW = [pytest.param(3, id="three"), pytest.param(30, id="thirty", marks=pytest.mark.slow)]


@pytest.mark.parametrize("count", FEW)
def test_groups_of_every_kind_are_called_groups(count):
    called = {kind: [is_called_groups(kind, 100 + n) for n in range(count)] for kind in KINDS}
    shares = {kind: float(np.mean(each)) for kind, each in called.items()}
    assert np.mean(list(shares.values())) >= 0.8, shares
    # long groups are cut in two, and between a dense and a wide one density need not fall
    assert min(shares.values()) >= 0.3, shares


@pytest.mark.parametrize("count", FEW)
def test_further_continua_are_no_groups(count):
    called = []
    for kind, draw in FURTHER_CONTINUA.items():
        for seed in range(count):
            rng = np.random.default_rng(seed)
            points = standardise(draw(int(rng.integers(200, 1500)), int(rng.integers(2, 9)), rng))
            if are_called_groups(narrow(points) if "noise" in kind else points, range(2, 9)):
                called.append((kind, seed))
    assert len(called) <= count * len(FURTHER_CONTINUA) // 50, called


def test_each_cluster_is_judged_by_itself():
    rng = np.random.default_rng(1)
    line = np.c_[3 * rng.normal(size=1000), rng.normal(size=1000)]
    island = rng.normal([0, 20], size=(300, 2))
    labels = np.r_[np.digitize(line[:, 0], [-1.5, 1.5]), np.full(300, 3)]
    gaps = measure_gaps(np.vstack([line, island]), [np.array([0]), np.array([1])], labels, seed=1)
    assert gaps[3] > 0.9
    assert max(gaps[:3]) < 0.3


def make_levels(levels):
    return (levels[:, None] == np.unique(levels)).astype(float)


def test_levels_make_a_gap_where_several_columns_agree_on_it():
    rng = np.random.default_rng(1)
    without = rng.random(1500) < 0.2
    numbers = rng.normal(size=(1500, 2))
    answers = [np.where(without, 2, rng.integers(0, 2, 1500)) for _ in range(5)]
    labels = without.astype(int)

    def measure(columns):
        blocks = [numbers, *map(make_levels, columns)]
        places = np.cumsum([0, *(each.shape[1] for each in blocks)])
        groups = [np.array([0]), np.array([1])]
        groups += [np.arange(*ends) for ends in pairwise(places[1:])]
        return measure_gaps(np.hstack(blocks), groups, labels, seed=1).tolist()

    assert min(measure(answers)) > 0.85
    # what one column says is that column's, not a kind of customer
    assert max(measure(answers[:1])) < 0.3


@pytest.mark.parametrize("kind", ["flags", "bands", "zeros"])
def test_values_that_repeat_make_no_gap_by_themselves(kind):
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(1500, 1))
    if kind == "flags":
        points = (factor + rng.normal(size=(1500, 6)) > 0).astype(float)
    elif kind == "bands":
        points = np.hstack([factor, make_levels(np.digitize(factor[:, 0], [-1, -0.3, 0.3, 1]))])
    else:
        points = np.where(rng.random((1500, 4)) < 0.5, 0, rng.lognormal(1, 0.3, (1500, 4)))
    groups = [np.array([each]) for each in range(points.shape[1])]
    if kind == "bands":
        groups = [np.array([0]), np.arange(1, 6)]
    labels = KMeans(4, n_init=3, random_state=0).fit_predict(points)
    gaps = measure_gaps(points, groups, labels, seed=1)
    assert measure_apart_share(gaps, np.bincount(labels) / 1500) < 0.5


def test_clusters_without_members_or_distance_are_judged():
    points = np.zeros((20, 2))
    labels = np.repeat([0, 2], 10)
    gaps = measure_gaps(points, [np.array([0]), np.array([1])], labels, seed=1)
    assert gaps.tolist() == [0, 1, 0]
