"""Which features say something of groups, and which are noise beside them."""

import numpy as np
from scipy import stats

from customer_personas.features.sampling import take_evenly
from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.quality import measure_explained_share

# Customers that are looked at.
ROWS = 2_000
STARTS = 3
# How often noise may pass, among all features.
LEVEL = 0.01


def find_telling_features(
    points: np.ndarray, groups: list[np.ndarray], k: int, seed: int
) -> np.ndarray:
    """Find the features of which the clusters of all others tell something.

    A feature is noisy where it agrees with no other one, as in HINoV (Carmone, Kara and Maxwell,
    HINoV: A new model to improve market segment definition by identifying noisy variables, Journal
    of Marketing Research 36, 1999); here it is held against clusters of all others together, which
    finds what no two features say alone. Its own values have no part in these clusters, so that
    chance is that of an analysis of variance (F test, Bonferroni's level), whatever it looks like.
    Its values count, and how far they lie from their median: of groups in the corners and the
    middle of two features, each has the same mean wherever the other is. The noisier half of what
    fails is left out at a time: clusters are clearer without it.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    groups : list of numpy.ndarray
        Columns of each feature.
    k : int
        Number of clusters, not below that of the groups.
    seed : int
        Seed of the fits.

    Returns
    -------
    numpy.ndarray
        Positions of the features that tell something, in order; none, or two and more.
    """
    points = take_evenly(points, ROWS)
    kept = np.arange(len(groups))
    while len(kept) >= 2 and len(points) > k:
        shares = _measure_told_shares(points, [groups[each] for each in kept], k, seed)
        critical = stats.f.isf(LEVEL / (2 * len(kept)), k - 1, len(points) - k)
        enough = 1 / (1 + (len(points) - k) / (critical * (k - 1)))
        noisy = np.flatnonzero(shares <= enough)
        if not noisy.size:
            return kept
        noisiest = noisy[np.argsort(shares[noisy], kind="stable")]
        kept = np.delete(kept, noisiest[: (len(noisy) + 1) // 2])
    return np.zeros(0, dtype=int)


def _measure_told_shares(
    points: np.ndarray, groups: list[np.ndarray], k: int, seed: int
) -> np.ndarray:
    shares = []
    for place, own in enumerate(groups):
        others = points[:, np.concatenate([*groups[:place], *groups[place + 1 :]])]
        labels = fit_clustering("kmeans", others, k, seed, starts=STARTS).labels(others)
        values = points[:, own]
        distances = np.abs(values - np.median(values, axis=0))
        shares.append(max(measure_explained_share(labels, each) for each in (values, distances)))
    return np.array(shares)
