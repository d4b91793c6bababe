"""What clusters look like where there are none: points drawn anew without their structure."""

import numpy as np

from customer_personas.features.sampling import take_evenly
from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.quality import measure_silhouette

DRAWS = 5
# Customers that are compared; more of them make the ratio no clearer.
ROWS = 2_000


def compare_with_null(
    points: np.ndarray, groups: list[np.ndarray], k: int, seed: int
) -> dict[str, float]:
    """Compare K-means on the points with K-means on points without structure.

    Each feature is reshuffled by itself, which leaves nothing but its own distribution. Five draws
    of up to 2,000 points are held against as many of the points, as the gap statistic does
    (Tibshirani, Walther and Hastie, Estimating the number of clusters in a data set via the gap
    statistic, Journal of the Royal Statistical Society B 63, 2001).

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    groups : list of numpy.ndarray
        Columns of each feature: they are drawn together.
    k : int
        Number of clusters.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``inertia_to_shuffled`` (inertia over the mean of the null's; below 1 is better than the
        null) and ``silhouette_over_shuffled`` (silhouette less the mean of the null's).
    """
    rng = np.random.default_rng(seed)
    points = take_evenly(points, ROWS)
    inertia, width = _measure_kmeans(points, k, seed)
    drawn = [_measure_kmeans(_draw_shuffled(points, groups, rng), k, seed) for _ in range(DRAWS)]
    null_inertia, null_width = np.mean(drawn, axis=0)
    return {
        "inertia_to_shuffled": float(inertia / null_inertia) if null_inertia else 1.0,
        "silhouette_over_shuffled": float(width - null_width),
    }


def _measure_kmeans(points: np.ndarray, k: int, seed: int) -> tuple[float, float]:
    clusters = fit_clustering("kmeans", points, k, seed, starts=3)
    squares = clusters.squared_distances(points)
    return float(squares.min(axis=1).sum()), measure_silhouette(points, squares.argmin(axis=1))


def _draw_shuffled(
    points: np.ndarray, groups: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    drawn = np.empty_like(points)
    for group in groups:
        drawn[:, group] = points[rng.permutation(len(points))][:, group]
    return drawn
