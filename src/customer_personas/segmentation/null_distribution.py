"""What clusters look like where there are none: points drawn anew without their structure."""

import numpy as np

from customer_personas.features.sampling import take_evenly
from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.quality import measure_silhouette

DRAWS = 5
# Customers that are compared; more of them make the ratio no clearer.
ROWS = 2_000


def compare_with_null(
    points: np.ndarray, groups: list[np.ndarray], k: int, seed: int, *, null: str
) -> dict[str, float]:
    """Compare K-means on the points with K-means on points without structure.

    Five draws of up to 2,000 points are held against as many of the points, as the gap statistic
    does (Tibshirani, Walther and Hastie, Estimating the number of clusters in a data set via the
    gap statistic, Journal of the Royal Statistical Society B 63, 2001).

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
    null : {'shuffled', 'correlated'}
        *Shuffled*: each feature is reshuffled by itself, which leaves nothing but its own
        distribution. *Correlated*: drawn from a Gaussian copula, which keeps the features'
        distributions, ties included, and their correlations, but has no clusters beyond.

    Returns
    -------
    dict
        ``inertia_to_<null>`` (inertia over the mean of the null's; below 1 is better than the
        null) and ``silhouette_over_<null>`` (silhouette less the mean of the null's).
    """
    rng = np.random.default_rng(seed)
    points = take_evenly(points, ROWS)
    draw = {"shuffled": _draw_shuffled, "correlated": _draw_correlated}[null]
    inertia, width = _measure_kmeans(points, k, seed)
    drawn = [_measure_kmeans(draw(points, groups, rng), k, seed) for _ in range(DRAWS)]
    null_inertia, null_width = np.mean(drawn, axis=0)
    return {
        f"inertia_to_{null}": float(inertia / null_inertia) if null_inertia else 1.0,
        f"silhouette_over_{null}": float(width - null_width),
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


def _find_latent_root(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Find a root of the correlation of normals that gives draws the scores' correlations."""
    # The search of Cario and Nelson, Modeling and generating random vectors with arbitrary marginal
    # distributions and correlation matrix (Northwestern University, 1997): equal values hide a part
    # of the correlation (counts, flags), so it is raised until draws with the same ties correlate
    # as the scores do.
    wanted = _correlate(scores)
    latent = wanted.copy()
    normals = _draw_normals(scores.shape, rng)
    for _ in range(10):
        drawn = np.take_along_axis(
            np.sort(scores, axis=0), _rank_columns(normals @ _take_root(latent).T), axis=0
        )
        latent = np.clip(latent + wanted - _correlate(drawn), -0.999, 0.999)
        np.fill_diagonal(latent, 1.0)
    return _take_root(latent)


def _draw_correlated(
    points: np.ndarray, groups: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    # one latent normal per feature; the inputs of a feature stay together: levels go on excluding
    # each other
    scores = np.column_stack([_order_feature(points, group) for group in groups])
    root = _find_latent_root(scores, rng)
    places = _rank_columns(_draw_normals(scores.shape, rng) @ root.T)
    drawn = np.empty_like(points)
    for position, group in enumerate(groups):
        ordered = points[np.argsort(scores[:, position], kind="stable")]
        drawn[:, group] = ordered[places[:, position]][:, group]
    return drawn


def _draw_normals(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw normals whose columns are uncorrelated in the draw, not only in expectation."""
    # What they correlate by chance would come on top of what the points do: draws of few customers
    # and many features would be less alike than the points, which would pass for groups.
    normals = rng.normal(size=shape)
    if shape[0] <= shape[1]:
        return normals
    return np.linalg.qr(normals - normals.mean(axis=0))[0]


def _order_feature(points: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Order a feature with several inputs along what ties it most to the other features."""
    if len(group) == 1:
        return points[:, group[0]]
    centered = points - points.mean(axis=0)
    others = np.delete(centered, group, axis=1) if len(group) < points.shape[1] else centered
    axis = np.linalg.svd(centered[:, group].T @ others, full_matrices=False)[0][:, 0]
    return centered[:, group] @ axis


def _correlate(scores: np.ndarray) -> np.ndarray:
    """Correlate the values, which is what distances see; a constant goes with nothing."""
    with np.errstate(invalid="ignore"):
        found = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    found = np.nan_to_num(found)
    np.fill_diagonal(found, 1.0)
    return found


def _take_root(correlation: np.ndarray) -> np.ndarray:
    """Give a root of the nearest matrix that is a correlation."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    return root / np.sqrt((root**2).sum(axis=1, keepdims=True))


def _rank_columns(normals: np.ndarray) -> np.ndarray:
    return normals.argsort(axis=0).argsort(axis=0)
