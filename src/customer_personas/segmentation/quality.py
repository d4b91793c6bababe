"""How good a clustering is: its shape, its stability, and what it tells of other things."""

from collections.abc import Callable

import numpy as np
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix
from sklearn.tree import DecisionTreeClassifier

from customer_personas.features.sampling import take_evenly
from customer_personas.segmentation.clusterings import Clustering, fit_clustering

SILHOUETTE_ROWS = 2_000
# With 6 resamples Hennig's mean Jaccard misleads.
RESAMPLES = 50
# After so many it can be clear that a cluster is lost: its mean is so many standard errors below
# what is asked for.
FEWEST_RESAMPLES = 10
CLEARLY = 3.0
# Customers of a resample.
RESAMPLE_ROWS = 5_000
SURROGATE_DEPTH = 4


def measure_shape(points: np.ndarray, labels: np.ndarray) -> dict[str, float]:
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
        values["silhouette"] = measure_silhouette(points, labels)
        values["davies_bouldin"] = float(metrics.davies_bouldin_score(points, labels))
        values["calinski_harabasz"] = float(metrics.calinski_harabasz_score(points, labels))
    return values


def measure_silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """Measure the mean silhouette of up to 2,000 evenly spaced points.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    labels : numpy.ndarray
        Shape (n,).

    Returns
    -------
    float
        1: well apart, 0: touching; -1 where it is undefined.
    """
    points, labels = take_evenly(points, SILHOUETTE_ROWS), take_evenly(labels, SILHOUETTE_ROWS)
    if not 1 < len(np.unique(labels)) < len(points):
        return -1.0
    return float(metrics.silhouette_score(points, labels))


def measure_surrogate_fidelity(points: np.ndarray, labels: np.ndarray) -> float:
    """Measure how well a shallow decision tree repeats the assignment.

    A surrogate and its fidelity as in Craven and Shavlik, Extracting tree-structured
    representations of trained networks (NIPS 1996).

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


def measure_explained_share(labels: np.ndarray, outcomes: np.ndarray) -> float:
    """Measure eta squared: the share of the variance of outcomes that lies between clusters.

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


def measure_stability(
    points: np.ndarray,
    clustering: Clustering,
    fit: Callable[[np.ndarray, int], Clustering],
    seed: int,
    *,
    enough: float = 0.0,
) -> tuple[dict[str, float], list[float]]:
    """Fit again on bootstrap resamples and see which clusters come back.

    After Hennig, Cluster-wise assessment of cluster stability (Computational Statistics and Data
    Analysis 52, 2007). 50 resamples of as many customers as there are, 5,000 at most; no more once
    ten of them leave no hope.

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
    enough : float
        The mean Jaccard similarity that each cluster must reach: where one is clearly below it
        (three standard errors) after ten resamples or more, there are no further ones.

    Returns
    -------
    metrics : dict
        bootstrap_adjusted_rand_index (mean over the resamples, on all points) and smallest_jaccard.
    jaccards : list of float
        For each cluster the mean over the resamples of the largest Jaccard similarity to any
        cluster found there.
    """
    rng = np.random.default_rng(seed)
    labels = clustering.labels(points)
    agreements: list[float] = []
    jaccards: list[np.ndarray] = []
    for resample in range(RESAMPLES):
        chosen = rng.integers(0, len(points), min(RESAMPLE_ROWS, len(points)))
        other = fit(points[chosen], seed + resample).labels(points)
        agreements.append(metrics.adjusted_rand_score(labels, other))
        jaccards.append(measure_jaccard(contingency_matrix(labels, other)).max(axis=1))
        if len(jaccards) >= FEWEST_RESAMPLES:
            errors = np.std(jaccards, axis=0, ddof=1) / np.sqrt(len(jaccards))
            if (np.mean(jaccards, axis=0) + CLEARLY * errors < enough).any():
                break
    means = np.mean(jaccards, axis=0)
    metrics_found = {
        "bootstrap_adjusted_rand_index": float(np.mean(agreements)),
        "smallest_jaccard": float(means.min()),
    }
    return metrics_found, [float(each) for each in means]


def make_refit(algorithm: str, k: int) -> Callable[[np.ndarray, int], Clustering]:
    """Make a fit for `measure_stability`: from scratch, with three random starts.

    Parameters
    ----------
    algorithm : str
        How, as in `fit_clustering`.
    k : int
        Number of clusters.

    Returns
    -------
    callable
        Takes points and a seed, gives the clustering.
    """
    return lambda points, seed: fit_clustering(algorithm, points, k, seed, starts=3)


def measure_jaccard(
    shared: np.ndarray, before: np.ndarray | None = None, after: np.ndarray | None = None
) -> np.ndarray:
    """Measure the Jaccard similarity of each pair of groups by the members they share.

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
