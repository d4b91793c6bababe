"""Whether there are gaps between clusters: groups, or slices of a continuum."""

import numpy as np
from scipy.integrate import cumulative_trapezoid
from sklearn.covariance import ledoit_wolf

from customer_personas.features.sampling import take_evenly

# Customers that are looked at.
ROWS = 5_000
# Density is counted in windows along the line between two centres, in halves of their distance:
# at the centres (-1 and 1), and at these places between them.
BETWEEN = np.linspace(-0.4, 0.4, 9)
WINDOW = 1 / 6
# Customers further from the line than half of the members of both clusters do not count, by what is
# far at their place.
NEAR = 0.50
# Squares of distances of customers who lie on the line itself, and variances of columns that say
# the same of all members of a cluster.
TINY = 1e-9
# How far counts are held against a gap, in standard errors.
DOUBT = 0.75
# Places at which the length of a bent way is summed up.
STEPS = 200
# A value that more customers than this have makes a gap by itself where the next value lies further
# off than this share of the range (a value that outliers are drawn to has others beside it).
TIED_SHARE = 0.10
TIED_DISTANCE = 0.05
# The least gap of a persona that stands apart; and the customers in such personas, of all, from
# which on personas are called groups.
SMALLEST_GAP = 0.20
APART_SHARE = 0.50


def measure_gaps(
    points: np.ndarray, groups: list[np.ndarray], labels: np.ndarray, seed: int
) -> np.ndarray:
    """Measure by how much density falls between each cluster and the one it runs into most.

    The inter-cluster density of Halkidi and Vazirgiannis (Clustering validity assessment: finding
    the optimal partitioning of a data set, ICDM 2001) in a cylinder around the line between two
    centres, as wide everywhere as members spread there. A ball around the midpoint, theirs, is
    empty among many features; the members alone, without the cylinder, thin out where they touch,
    however smooth the whole is. Distances are those of a linear discriminant analysis: other
    clusters lie beside the cylinder where centres differ, and within it by all that says nothing.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    groups : list of numpy.ndarray
        Columns of each feature.
    labels : numpy.ndarray
        Shape (n,): the cluster of each point, from 0.
    seed : int
        Seed of the order of equal values.

    Returns
    -------
    numpy.ndarray
        Shape (k,): 1 where nobody is in between, 0 where density does not fall; less the doubt that
        few customers leave.
    """
    rng = np.random.default_rng(seed)
    count = int(labels.max()) + 1
    points, labels = take_evenly(points, ROWS), take_evenly(labels, ROWS)
    axes = _find_axes(points, labels)
    gaps = np.ones((count, count))
    for one in range(count):
        for other in range(one + 1, count):
            is_one, is_other = labels == one, labels == other
            if not (is_one.any() and is_other.any()):
                continue
            gap = _measure_gap(points, groups, axes, is_one, is_other, rng)
            gaps[one, other] = gaps[other, one] = gap
    return gaps.min(axis=1)


def measure_apart_share(gaps: np.ndarray, shares: np.ndarray) -> float:
    """Measure how many customers are in clusters that stand apart.

    Parameters
    ----------
    gaps : numpy.ndarray
        Shape (k,), from `measure_gaps`.
    shares : numpy.ndarray
        Shape (k,): the share of customers in each cluster.

    Returns
    -------
    float
        A share from 0 to 1.
    """
    return float(shares[gaps >= SMALLEST_GAP].sum())


def _find_axes(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find what makes clusters round, shape (d, d), and then the axes on which centres differ."""
    _, numbered = np.unique(labels, return_inverse=True)
    centers = np.array([points[numbered == each].mean(axis=0) for each in np.unique(numbered)])
    # the pooled covariance within clusters, shrunk (Ledoit and Wolf 2004): columns may be many
    within, _ = ledoit_wolf(points - centers[numbered], assume_centered=True)
    variances, vectors = np.linalg.eigh(within)
    rounding = vectors / np.sqrt(np.maximum(variances, TINY))
    offsets = (centers - centers.mean(axis=0)) @ rounding
    _, lengths, rows = np.linalg.svd(offsets, full_matrices=False)
    return rounding, rows[lengths > TINY * lengths.max(initial=1.0)].T


def _measure_gap(
    points: np.ndarray,
    groups: list[np.ndarray],
    axes: tuple[np.ndarray, np.ndarray],
    is_one: np.ndarray,
    is_other: np.ndarray,
    rng: np.random.Generator,
) -> float:
    rounding, between = axes
    rounded = points @ rounding
    start, end = rounded[is_one].mean(axis=0), rounded[is_other].mean(axis=0)
    line = (end - start) / (np.linalg.norm(end - start) or 1.0)
    offsets = rounded - (start + end) / 2
    along = offsets @ line
    # beside the way that members take from one centre to the other, which may be bent
    steps = np.vander(along, 3)
    across = offsets - np.outer(along, line)
    members = is_one | is_other
    bend = np.linalg.lstsq(steps[members], across[members], rcond=None)[0]
    aside = bend[0] - between @ (bend[0] @ between)
    seen = np.column_stack([between, aside / (np.linalg.norm(aside) or 1.0)])
    bend = bend @ seen
    squares = ((across @ seen - steps @ bend) ** 2).sum(axis=1)
    # one cluster may be wider than the other: their spread changes along the way, in logarithms as
    # in Harvey, Estimating regression models with multiplicative heteroscedasticity (1976)
    logs = np.log(squares + TINY)
    logs -= steps[:, 1:] @ np.linalg.lstsq(steps[members, 1:], logs[members], rcond=None)[0]
    is_near = logs <= np.quantile(logs[members], NEAR)
    near, is_one, is_other = points[is_near], is_one[is_near], is_other[is_near]
    if not (is_one.any() and is_other.any()):
        return 1.0
    weights = rounding @ line
    parts, tied = [], []
    for group in groups:
        part = near[:, group] @ weights[group]
        if _is_tied(part):
            part = _rank_evenly(part, rng)
            tied.append(part)
        parts.append(part)
    places = np.sum(parts, axis=0)
    # a gap that rests on one category, flag or count alone is in that feature: it tells no kinds of
    # customers apart
    kept = [places, *(places - each for each in tied)]
    return min(_find_depth(each, is_one, is_other, bend) for each in kept)


def _is_tied(values: np.ndarray) -> bool:
    found, counts = np.unique(values.round(9), return_counts=True)
    steps = np.diff(found)
    is_alone = np.maximum(np.r_[steps, 0], np.r_[0, steps]) > TIED_DISTANCE * np.ptp(found)
    return bool((is_alone & (counts > TIED_SHARE * len(values))).any())


def _rank_evenly(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spread values evenly over their range in their order, equal ones at random."""
    order = np.lexsort((rng.random(len(values)), values.round(9)))
    evenly = np.empty(len(values))
    evenly[order] = np.linspace(values.min(), values.max(), len(values))
    return evenly


def _find_depth(
    places: np.ndarray, is_one: np.ndarray, is_other: np.ndarray, bend: np.ndarray
) -> float:
    start, end = places[is_one].mean(), places[is_other].mean()
    if end <= start:
        return 0.0
    places = _measure_way(places - (start + end) / 2, bend)
    start, end = places[is_one].mean(), places[is_other].mean()
    places = (2 * places - (start + end)) / (end - start)
    between = min(np.sum(np.abs(places - each) < WINDOW) for each in BETWEEN)
    # twice as wide: the places of the centres are surer than that of the valley
    at_centers = min(np.sum(np.abs(places - each) < 2 * WINDOW) for each in (-1, 1)) / 2
    most = between + DOUBT * np.sqrt(between + 1)
    least = at_centers - DOUBT * np.sqrt(at_centers / 2)
    return float(max(0.0, 1 - most / least)) if least > 0 else 0.0


def _measure_way(along: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Measure how far a bent way leads to a place on the line."""
    # on the line, the steep ends of an arc crowd, and its middle looks empty
    grid = np.linspace(along.min(), along.max(), STEPS)
    slopes = 2 * np.outer(grid, bend[0]) + bend[1]
    lengths = cumulative_trapezoid(np.sqrt(1 + (slopes**2).sum(axis=1)), grid, initial=0)
    return np.interp(along, grid, lengths)
