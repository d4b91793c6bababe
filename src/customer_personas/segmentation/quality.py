"""How good a clustering is: its shape, stability and use, and whether it is more than noise."""

from collections.abc import Callable

import numpy as np
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix
from sklearn.tree import DecisionTreeClassifier

from customer_personas.segmentation.clusterings import Clustering, fit_clustering

SILHOUETTE_ROWS = 2_000
# With 6 resamples Hennig's mean Jaccard misleads.
RESAMPLES = 50
NULL_DRAWS = 5
SURROGATE_DEPTH = 4


def shape(points: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Measure how compact and how far apart clusters are.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    labels : numpy.ndarray
        Shape (n,).

    Returns
    -------
    dict
        inertia (J(C): summed squared distance to the clusters' means), smallest_share, and where
        there are two clusters at least silhouette, davies_bouldin and calinski_harabasz.
    """
    found, numbered = np.unique(labels, return_inverse=True)
    sizes = np.bincount(numbered, minlength=1)
    means = np.array([points[numbered == each].mean(axis=0) for each in range(len(found))])
    values = {
        "inertia": float(((points - means[numbered]) ** 2).sum()) if len(points) else 0.0,
        "smallest_share": float(sizes.min() / max(1, len(points))),
    }
    if 1 < len(found) < len(points):
        values["silhouette"] = silhouette(points, labels)
        values["davies_bouldin"] = float(metrics.davies_bouldin_score(points, labels))
        values["calinski_harabasz"] = float(metrics.calinski_harabasz_score(points, labels))
    return values


def silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """Give the mean silhouette of up to 2,000 evenly spaced points; -1 where it is undefined."""
    # Customers are ordered by id: evenly spaced ones stand for all.
    some = np.linspace(0, len(points) - 1, min(SILHOUETTE_ROWS, len(points))).astype(int)
    if not 1 < len(np.unique(labels[some])) < len(some):
        return -1.0
    return float(metrics.silhouette_score(points[some], labels[some]))


def surrogate_fidelity(points: np.ndarray, labels: np.ndarray) -> float:
    """Measure how well a shallow decision tree repeats the assignment.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    labels : numpy.ndarray
        Shape (n,).

    Returns
    -------
    float
        Share of customers put right by a tree of depth 4 that was fitted on the others: every
        second customer fits, the rest judges, and the other way round.
    """
    is_even = np.arange(len(points)) % 2 == 0
    right = 0
    for fitted in (is_even, ~is_even):
        if not fitted.any() or fitted.all():
            return 1.0
        tree = DecisionTreeClassifier(max_depth=SURROGATE_DEPTH, random_state=0)
        tree.fit(points[fitted], labels[fitted])
        right += (tree.predict(points[~fitted]) == labels[~fitted]).sum()
    return float(right / len(points))


def explained_share(labels: np.ndarray, outcomes: np.ndarray) -> float:
    """Give eta squared: the share of the variance of outcomes that lies between clusters.

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n,).
    outcomes : numpy.ndarray
        Shape (n, m).

    Returns
    -------
    float
        0: the clusters tell nothing; 1: they tell all.
    """
    total = ((outcomes - outcomes.mean(axis=0)) ** 2).sum()
    within = sum(
        ((outcomes[labels == each] - outcomes[labels == each].mean(axis=0)) ** 2).sum()
        for each in np.unique(labels)
    )
    return float(1 - within / total) if total > 0 else 0.0


def compare_with_noise(
    points: np.ndarray, groups: list[np.ndarray], k: int, seed: int
) -> dict[str, float]:
    """Compare K-means on the points with K-means on points without structure.

    Two nulls, five draws each. *Shuffled*: each feature is reshuffled by itself, which leaves
    nothing but its own distribution. *Correlated*: drawn from a Gaussian copula, which keeps the
    features' distributions, ties included, and their correlations, but has no clusters beyond.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    groups : list of numpy.ndarray
        Columns of each feature: they are reshuffled together.
    k : int
        Number of clusters.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        inertia_to_shuffled and inertia_to_correlated (inertia over the mean of the null's; below
        1 is better than the null), silhouette_over_shuffled and silhouette_over_correlated
        (silhouette less the mean of the null's).
    """
    rng = np.random.default_rng(seed)
    inertia, width = _inertia_and_silhouette(points, k, seed)
    values = {}
    for name, draw in (("shuffled", _shuffled), ("correlated", _correlated)):
        drawn = [
            _inertia_and_silhouette(draw(points, groups, rng), k, seed) for _ in range(NULL_DRAWS)
        ]
        null_inertia, null_width = np.mean(drawn, axis=0)
        values[f"inertia_to_{name}"] = float(inertia / null_inertia) if null_inertia else 1.0
        values[f"silhouette_over_{name}"] = float(width - null_width)
    return values


def stability(
    points: np.ndarray,
    clustering: Clustering,
    fit: Callable[[np.ndarray, int], Clustering],
    seed: int,
) -> dict[str, float | list[float]]:
    """Fit again on bootstrap resamples and see which clusters come back.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    clustering : Clustering
        The clustering to judge.
    fit : callable
        Takes points and a seed, gives the clustering of them in the same way.
    seed : int
        Seed of the resamples.

    Returns
    -------
    dict
        bootstrap_adjusted_rand_index (mean over 50 resamples, on all points), jaccards (per
        cluster, Hennig's mean over the resamples of the largest Jaccard similarity to any cluster
        found there) and smallest_jaccard.
    """
    rng = np.random.default_rng(seed)
    labels = clustering.labels(points)
    agreements, jaccards = [], []
    for resample in range(RESAMPLES):
        chosen = rng.integers(0, len(points), len(points))
        other = fit(points[chosen], seed + resample).labels(points)
        agreements.append(metrics.adjusted_rand_score(labels, other))
        jaccards.append(jaccard_matrix(contingency_matrix(labels, other)).max(axis=1))
    means = np.mean(jaccards, axis=0)
    return {
        "bootstrap_adjusted_rand_index": float(np.mean(agreements)),
        "jaccards": [float(each) for each in means],
        "smallest_jaccard": float(means.min()),
    }


def refit(algorithm: str, k: int) -> Callable[[np.ndarray, int], Clustering]:
    """Give a fit for `stability`: from scratch, with three random starts."""
    return lambda points, seed: fit_clustering(algorithm, points, k, seed, starts=3)


def jaccard_matrix(
    shared: np.ndarray, before: np.ndarray | None = None, after: np.ndarray | None = None
) -> np.ndarray:
    """Give the Jaccard similarity of each pair of groups from how many members they share.

    Parameters
    ----------
    shared : numpy.ndarray
        Shape (a, b): members of group i of one grouping and group j of the other.
    before, after : numpy.ndarray, optional
        Shapes (a,) and (b,): all members of each group; the sums of `shared` unless given.

    Returns
    -------
    numpy.ndarray
        Shape (a, b): shared members over members of either.
    """
    before = shared.sum(axis=1) if before is None else before
    after = shared.sum(axis=0) if after is None else after
    return shared / np.maximum(before[:, None] + after[None, :] - shared, 1)


def _inertia_and_silhouette(points: np.ndarray, k: int, seed: int) -> tuple[float, float]:
    clusters = fit_clustering("kmeans", points, k, seed, starts=3)
    squares = clusters.squared_distances(points)
    return float(squares.min(axis=1).sum()), silhouette(points, squares.argmin(axis=1))


def _shuffled(points: np.ndarray, groups: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    drawn = np.empty_like(points)
    for group in groups:
        drawn[:, group] = points[rng.permutation(len(points))][:, group]
    return drawn


def _latent_correlation(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Find a root of the correlation of normals that gives draws the scores' correlations.

    Equal values hide a part of it (counts, flags): it is raised until draws with the same ties
    correlate as the scores do.
    """
    wanted = _correlation(scores)
    latent = wanted.copy()
    normals = _uncorrelated_normals(scores.shape, rng)
    for _ in range(10):
        drawn = np.take_along_axis(
            np.sort(scores, axis=0), _places(normals @ _root(latent).T), axis=0
        )
        latent = np.clip(latent + wanted - _correlation(drawn), -0.999, 0.999)
        np.fill_diagonal(latent, 1.0)
    return _root(latent)


def _correlated(
    points: np.ndarray, groups: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    # one latent normal per feature; the inputs of a feature stay together: levels go on excluding
    # each other
    scores = np.column_stack([_first_axis(points, group) for group in groups])
    root = _latent_correlation(scores, rng)
    places = _places(_uncorrelated_normals(scores.shape, rng) @ root.T)
    drawn = np.empty_like(points)
    for position, group in enumerate(groups):
        ordered = points[np.argsort(scores[:, position], kind="stable")]
        drawn[:, group] = ordered[places[:, position]][:, group]
    return drawn


def _uncorrelated_normals(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw normals whose columns are uncorrelated in the draw, not only in expectation.

    What they correlate by chance would come on top of what the points do: draws of few customers
    and many features would be less alike than the points, which would pass for groups.
    """
    normals = rng.normal(size=shape)
    if shape[0] <= shape[1]:
        return normals
    return np.linalg.qr(normals - normals.mean(axis=0))[0]


def _first_axis(points: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Order a feature with several inputs along what ties it most to the other features."""
    if len(group) == 1:
        return points[:, group[0]]
    centered = points - points.mean(axis=0)
    others = np.delete(centered, group, axis=1) if len(group) < points.shape[1] else centered
    axis = np.linalg.svd(centered[:, group].T @ others, full_matrices=False)[0][:, 0]
    return centered[:, group] @ axis


def _correlation(scores: np.ndarray) -> np.ndarray:
    """Correlate the values, which is what distances see; a constant goes with nothing."""
    with np.errstate(invalid="ignore"):
        found = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    found = np.nan_to_num(found)
    np.fill_diagonal(found, 1.0)
    return found


def _root(correlation: np.ndarray) -> np.ndarray:
    """Give a root of the nearest matrix that is a correlation."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    return root / np.sqrt((root**2).sum(axis=1, keepdims=True))


def _places(normals: np.ndarray) -> np.ndarray:
    return normals.argsort(axis=0).argsort(axis=0)
