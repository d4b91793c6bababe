"""Groups of customers by K-means and its rivals, all as centroids or Gaussians."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.cluster import hierarchy
from sklearn.cluster import HDBSCAN, KMeans, MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin
from sklearn.mixture import GaussianMixture

from customer_personas.features.sampling import take_evenly

KMEANS_STARTS = 20
# A mini-batch pays off from here on; below it only adds noise.
LARGE = 10_000
# Ward's tree and HDBSCAN's density compare all pairs.
PAIRWISE_ROWS = 2_000
# Covariances of all pairs of inputs are learnt up to so many; beyond, each has a variance only.
FULL_COVARIANCE_INPUTS = 8
SMALLEST_SHARE = 0.05
# They give the same clusters whatever the random start.
WITHOUT_CHANCE = ("ward", "hdbscan")


@dataclass(frozen=True)
class Clustering:
    """Clusters that anybody can be assigned to.

    Parameters
    ----------
    algorithm : str
        What found them.
    centers : numpy.ndarray
        Shape (k, d): the centroids, or the means of the Gaussians.
    weights : numpy.ndarray, optional
        Shape (k,): shares of the Gaussians; none where the nearest centroid decides.
    precisions : numpy.ndarray, optional
        Cholesky factors of the precisions of the Gaussians: shape (k, d, d), or (k, d) where each
        input has a variance of its own.
    own_agreement : float
        For methods without prediction, the share of customers whose nearest centroid is that of
        the cluster that the method itself put them in.
    """

    algorithm: str
    centers: np.ndarray
    weights: np.ndarray | None = None
    precisions: np.ndarray | None = None
    own_agreement: float = 1.0

    @property
    def count(self) -> int:
        """Number of clusters."""
        return len(self.centers)

    def squared_distances(self, points: np.ndarray) -> np.ndarray:
        """Measure the squared distance to each centre.

        Parameters
        ----------
        points : numpy.ndarray
            Shape (n, d).

        Returns
        -------
        numpy.ndarray
            Shape (n, k); in standard deviations of the cluster (Mahalanobis) for Gaussians.
        """
        squares = np.empty((len(points), self.count))
        for cluster, center in enumerate(self.centers):
            offset = points - center
            if self.precisions is not None:
                precision = self.precisions[cluster]
                offset = offset @ precision if precision.ndim == 2 else offset * precision
            squares[:, cluster] = (offset**2).sum(axis=1)
        return squares

    def log_shares(self) -> np.ndarray:
        """Give what a Gaussian's log-density adds whatever the point.

        Returns
        -------
        numpy.ndarray
            Shape (k,); zeros where the nearest centroid decides.
        """
        if self.weights is None or self.precisions is None:
            return np.zeros(self.count)
        diagonal = (
            np.diagonal(self.precisions, axis1=1, axis2=2)
            if self.precisions.ndim == 3
            else self.precisions
        )
        return np.log(self.weights) + np.log(diagonal).sum(axis=1)

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Assign points to the cluster that is nearest, or most likely for Gaussians.

        Parameters
        ----------
        points : numpy.ndarray
            Shape (n, d).

        Returns
        -------
        numpy.ndarray
            Shape (n,): numbers of clusters from 0.
        """
        return (self.squared_distances(points) - 2 * self.log_shares()).argmin(axis=1)

    def shares(self, points: np.ndarray) -> np.ndarray:
        """Measure the share of points in each cluster.

        Parameters
        ----------
        points : numpy.ndarray
            Shape (n, d).

        Returns
        -------
        numpy.ndarray
            Shape (k,): shares from 0 to 1.
        """
        return np.bincount(self.labels(points), minlength=self.count) / max(1, len(points))

    def keep(self, clusters: np.ndarray) -> "Clustering":
        """Keep some clusters, in the order given.

        Parameters
        ----------
        clusters : numpy.ndarray
            Their numbers.

        Returns
        -------
        Clustering
            These alone; weights of Gaussians add up to 1 again.
        """
        weights = None if self.weights is None else self.weights[clusters]
        return replace(
            self,
            centers=self.centers[clusters],
            weights=None if weights is None else weights / weights.sum(),
            precisions=None if self.precisions is None else self.precisions[clusters],
        )

    def by_size(self, points: np.ndarray) -> "Clustering":
        """Order the clusters by size.

        Parameters
        ----------
        points : numpy.ndarray
            Shape (n, d).

        Returns
        -------
        Clustering
            The largest first, ties by centre; without those that have no members.
        """
        sizes = np.bincount(self.labels(points), minlength=self.count)
        order = sorted(np.flatnonzero(sizes), key=lambda old: (-sizes[old], *self.centers[old]))
        return self.keep(np.array(order))

    def estimator(self) -> KMeans | GaussianMixture:
        """Give the scikit-learn estimator that predicts the same clusters.

        Returns
        -------
        KMeans or GaussianMixture
            Fitted.
        """
        if self.weights is None or self.precisions is None:
            fitted = KMeans(self.count, n_init=1, init=self.centers, max_iter=1)
            fitted.fit(self.centers)
            fitted.cluster_centers_ = np.ascontiguousarray(self.centers)
            return fitted
        covariance = "full" if self.precisions.ndim == 3 else "diag"
        fitted = GaussianMixture(self.count, covariance_type=covariance)
        fitted.means_, fitted.weights_ = self.centers, self.weights
        fitted.precisions_cholesky_ = self.precisions
        fitted.covariances_ = self.precisions  # scikit-learn asks only whether there are some
        return fitted

    def to_dict(self) -> dict[str, Any]:
        """Give the clusters as plain lists.

        Returns
        -------
        dict
            What `from_dict` reads.
        """
        arrays = {name: getattr(self, name) for name in ("centers", "weights", "precisions")}
        lists = {name: None if each is None else each.tolist() for name, each in arrays.items()}
        return {"algorithm": self.algorithm, "own_agreement": self.own_agreement} | lists

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Clustering":
        """Read clusters written by `to_dict`.

        Parameters
        ----------
        content : dict
            What `to_dict` gave.

        Returns
        -------
        Clustering
            The same clusters.
        """
        weights, precisions = content["weights"], content["precisions"]
        return cls(
            content["algorithm"],
            np.array(content["centers"]),
            None if weights is None else np.array(weights),
            None if precisions is None else np.array(precisions),
            content["own_agreement"],
        )


def fit_clustering(
    algorithm: str, points: np.ndarray, k: int, seed: int, starts: int = KMEANS_STARTS
) -> Clustering:
    """Find clusters.

    Parameters
    ----------
    algorithm : {'kmeans', 'minibatch_kmeans', 'gaussian_mixture', 'ward', 'hdbscan'}
        How.
    points : numpy.ndarray
        Shape (n, d).
    k : int
        Number of clusters; HDBSCAN finds its own.
    seed : int
        Seed of the random starts.
    starts : int
        How many random starts K-means tries; the Gaussian mixture a tenth of them.

    Returns
    -------
    Clustering
        The clusters, by size; there can be fewer than `k`.
    """
    fits: dict[str, Callable[[np.ndarray, int, int, int], Clustering]] = {
        "kmeans": _kmeans,
        "minibatch_kmeans": _minibatch_kmeans,
        "gaussian_mixture": _gaussian_mixture,
        "ward": _ward,
        "hdbscan": _hdbscan,
    }
    with warnings.catch_warnings():
        # fewer distinct points than clusters give fewer clusters, which is what is wanted
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fits[algorithm](points, k, seed, starts).by_size(points)


def warm_start(earlier: Clustering, points: np.ndarray) -> Clustering:
    """Let clusters move to where customers are now, from where they were.

    Parameters
    ----------
    earlier : Clustering
        The clusters to start from.
    points : numpy.ndarray
        Shape (n, d), in the space of `earlier`.

    Returns
    -------
    Clustering
        As many clusters in the same order: K-means, or a Gaussian mixture where it was one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if earlier.weights is None or earlier.precisions is None:
            moved = KMeans(earlier.count, init=earlier.centers, n_init=1).fit(points)
            return Clustering("kmeans", moved.cluster_centers_)
        is_full = earlier.precisions.ndim == 3
        factors = earlier.precisions
        return _fit_gaussians(
            points,
            earlier.count,
            "full" if is_full else "diag",
            means_init=earlier.centers,
            weights_init=earlier.weights,
            precisions_init=factors @ factors.transpose(0, 2, 1) if is_full else factors**2,
        )


def _kmeans(points: np.ndarray, k: int, seed: int, starts: int) -> Clustering:
    fitted = KMeans(k, n_init=starts, random_state=seed).fit(points)
    return Clustering("kmeans", fitted.cluster_centers_)


def _minibatch_kmeans(points: np.ndarray, k: int, seed: int, starts: int) -> Clustering:
    fitted = MiniBatchKMeans(k, n_init=starts, batch_size=2048, random_state=seed).fit(points)
    return Clustering("minibatch_kmeans", fitted.cluster_centers_)


def _gaussian_mixture(points: np.ndarray, k: int, seed: int, starts: int) -> Clustering:
    covariance = "full" if points.shape[1] <= FULL_COVARIANCE_INPUTS else "diag"
    return _fit_gaussians(points, k, covariance, n_init=max(1, starts // 10), random_state=seed)


def _fit_gaussians(points: np.ndarray, k: int, covariance: str, **settings: Any) -> Clustering:
    # no cluster may shrink to a point: standard deviations stay above a tenth of everybody's
    fitted = GaussianMixture(k, covariance_type=covariance, reg_covar=0.01, **settings).fit(points)
    return Clustering(
        "gaussian_mixture", fitted.means_, fitted.weights_, fitted.precisions_cholesky_
    )


def _ward(points: np.ndarray, k: int, seed: int, starts: int) -> Clustering:
    some = take_evenly(points, PAIRWISE_ROWS)
    tree = _build_ward_tree(some.tobytes(), some.shape[1])
    # cut by the order of the merges: their heights can be equal
    order = np.arange(len(tree), dtype=float)
    labels = hierarchy.fcluster(tree, k, "maxclust_monocrit", monocrit=order)
    return _as_centroids("ward", some, labels - 1)


@lru_cache(maxsize=2)
def _build_ward_tree(points: bytes, width: int) -> np.ndarray:
    """Build the tree once for all numbers of clusters."""
    return hierarchy.ward(np.frombuffer(points).reshape(-1, width))


def _hdbscan(points: np.ndarray, k: int, seed: int, starts: int) -> Clustering:
    some = take_evenly(points, PAIRWISE_ROWS)
    smallest = max(2, int(SMALLEST_SHARE * len(some)))
    labels = HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(some)
    # nobody dense enough: one cluster of everybody
    return _as_centroids("hdbscan", some, labels if labels.max() >= 0 else np.zeros(len(some), int))


def _as_centroids(algorithm: str, points: np.ndarray, labels: np.ndarray) -> Clustering:
    centers = np.array([points[labels == each].mean(axis=0) for each in range(labels.max() + 1)])
    found = labels >= 0
    agreement = (pairwise_distances_argmin(points, centers) == labels)[found].mean()
    return Clustering(algorithm, centers, own_agreement=float(agreement))
