"""Ways to group customers: each fitted, measured cheaply, and written down as a row of the fits."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

from customer_personas.features.sampling import take_evenly
from customer_personas.segmentation import quality
from customer_personas.segmentation.clusterings import (
    LARGE,
    SMALLEST_SHARE,
    WITHOUT_CHANCE,
    Clustering,
    fit_clustering,
)
from customer_personas.segmentation.gaps import APART_SHARE
from customer_personas.segmentation.narrowing import find_telling_features
from customer_personas.segmentation.rfm import RfmSegments
from customer_personas.segmentation.samples import Outcomes, Samples
from customer_personas.segmentation.scoring import write_assignment
from customer_personas.segmentation.space import Space, fit_space
from customer_personas.sql import literal

ALGORITHMS = ("kmeans", "minibatch_kmeans", "gaussian_mixture", "ward", "hdbscan")
# Fewer customers per cluster than this, on average, and a cluster is a handful of people.
CUSTOMERS_PER_CLUSTER = 5
# A method is tried on the earlier date from so many random starts, a Gaussian mixture from a tenth
# (one at least) and on so many customers: its passes are ten times as dear.
TRIAL_STARTS = 10
TRIAL_GAUSSIAN_ROWS = 2_000

# The variant of candidates in a space without the features that tell no groups apart.
NARROWED = "_narrowed"

# Every metric there is; marts.segmentation_candidates has a column for each.
METRICS = (
    "inertia",
    "silhouette",
    "davies_bouldin",
    "calinski_harabasz",
    "smallest_share",
    "surrogate_fidelity",
    "own_assignment_agreement",
    "seed_adjusted_rand_index",
    "later_spend_explained",
    "later_categories_explained",
    "usefulness",
    "inertia_to_shuffled",
    "silhouette_over_shuffled",
    "apart_share",
    "bootstrap_adjusted_rand_index",
    "smallest_jaccard",
)

SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("role", pa.string()),
        ("feature_set", pa.string()),
        ("algorithm", pa.string()),
        ("cluster_count", pa.int32()),
        ("input_count", pa.int32()),
        ("customer_count", pa.int32()),
        ("metrics", pa.map_(pa.string(), pa.float64())),
        ("jaccards", pa.list_(pa.float64())),
        ("gaps", pa.list_(pa.float64())),
        ("is_continuum", pa.bool_()),
        ("features", pa.list_(pa.string())),
        ("parameters", pa.string()),
        ("scoring_sql", pa.string()),
        ("is_champion", pa.bool_()),
        ("reason", pa.string()),
    ]
)


@dataclass(eq=False)
class Candidate:
    """One way to group customers, with what is known of it so far.

    Parameters
    ----------
    role : str
        ``candidate`` (fitted afresh), ``champion`` (in force), ``challenger`` (moved on from the
        champion) or ``fallback``.
    space : Space
        Where distances are measured.
    clustering : Clustering
        The groups; none while it has not been fitted.
    asked_k : int
        The number of clusters asked for.
    points : numpy.ndarray, optional
        Shape (n, d): the customers in its space, to fit it on.
    variant : str
        What tells it from another one of the same role, set, algorithm and number.
    segments : RfmSegments, optional
        The rules of the groups, where these have no centres.
    metrics : dict
        What was measured, by names of `METRICS`; others are not there.
    jaccards : list of float
        Stability of each cluster, where it was measured.
    gaps : list of float
        By how much density falls around each cluster, where it was measured.
    problem : str
        Why it cannot be chosen; empty where nothing speaks against it.
    reason : str
        Why it was chosen or not.
    is_champion : bool
        Whether it was chosen.
    """

    role: str
    space: Space
    clustering: Clustering
    asked_k: int
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    variant: str = ""
    segments: RfmSegments | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    jaccards: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    problem: str = ""
    reason: str = ""
    is_champion: bool = False

    @property
    def is_fitted(self) -> bool:
        """Whether there are groups yet."""
        return self.clustering.count > 0

    @property
    def count(self) -> int:
        """Number of groups; those asked for while it has not been fitted."""
        return self.clustering.count or self.asked_k

    @property
    def algorithm(self) -> str:
        """Name of what found the groups."""
        return self.clustering.algorithm

    @property
    def model_id(self) -> str:
        """Name of the candidate, which no other one of a fit has."""
        # HDBSCAN finds the number of clusters itself, and rules have one
        is_numbered = self.algorithm not in ("hdbscan", "rfm_segments")
        name = f"{self.algorithm}_k{self.asked_k}" if is_numbered else self.algorithm
        return f"{self.role}:{self.space.feature_set}:{name}{self.variant}"

    @property
    def is_continuum(self) -> bool:
        """Whether most customers are in clusters that run into others: slices, not groups."""
        return self.metrics.get("apart_share", 1.0) < APART_SHARE

    def to_row(self, customer_count: int) -> dict[str, Any]:
        """Write the candidate as a row of the fits.

        Parameters
        ----------
        customer_count : int
            Customers it was fitted on.

        Returns
        -------
        dict
            The columns of `SCHEMA`.
        """
        parameters: dict[str, Any] = {"space": self.space.to_dict()}
        scoring_sql = None
        if self.segments is not None:
            parameters["segments"] = self.segments.names
            scoring_sql = self.segments.write_assignment(self.space.population)
        elif self.is_fitted:
            parameters["clustering"] = self.clustering.to_dict()
            scoring_sql = write_assignment(self.space, self.clustering)
        return {
            "model_id": self.model_id,
            "role": self.role,
            "feature_set": self.space.feature_set,
            "algorithm": self.algorithm,
            "cluster_count": self.count,
            "input_count": len(self.space.encoding.inputs),
            "customer_count": customer_count,
            "metrics": [(name, self.metrics[name]) for name in METRICS if name in self.metrics],
            "jaccards": self.jaccards or None,
            "gaps": self.gaps or None,
            "is_continuum": self.is_continuum if self.gaps else None,
            "features": self.space.encoding.features,
            "parameters": json.dumps(parameters, ensure_ascii=False),
            "scoring_sql": scoring_sql,
            "is_champion": self.is_champion,
            "reason": self.reason or None,
        }


def find_candidates(
    samples: Samples,
    spaces: Sequence[tuple[Space, np.ndarray]],
    k_values: Iterable[int],
    variant: str = "",
) -> list[Candidate]:
    """List every algorithm in every space for every number of clusters.

    Where later purchases are known, each method is tried on the earlier date, which says how useful
    it is. Nothing is fitted on the customers of today but HDBSCAN, which alone knows its number of
    clusters: `fit_candidate` does that for those that come into question.

    Parameters
    ----------
    samples : Samples
        The customers.
    spaces : sequence of Space and numpy.ndarray
        From `fit_spaces` or `narrow_spaces`.
    k_values : iterable of int
        Numbers of clusters.
    variant : str
        What tells these candidates from those of the same sets in other spaces.

    Returns
    -------
    list of Candidate
        By space, algorithm and number of clusters.
    """
    candidates = []
    for space, points in spaces:
        earlier = place_earlier(samples, space)
        most = min(len(np.unique(points, axis=0)), len(points) // CUSTOMERS_PER_CLUSTER)
        possible = [k for k in k_values if k <= most]
        samples.progress(
            f"{space.feature_set}: {len(points)} customers, {len(space.encoding.inputs)} inputs, "
            f"clusters tried: {', '.join(map(str, possible)) or f'none, {most} at most'}"
        )
        for algorithm, k in _list_trials(points, possible):
            unfitted = Clustering(algorithm, np.zeros((0, points.shape[1])))
            candidate = Candidate("candidate", space, unfitted, k, points, variant)
            if algorithm == "hdbscan":
                fit_candidate(candidate, samples.seed)
            # what found another number is refused, however useful it is
            if candidate.count in possible:
                candidate.metrics |= measure_method(earlier, algorithm, k, samples.seed)
            candidates.append(candidate)
    return candidates


def fit_candidate(candidate: Candidate, seed: int) -> None:
    """Fit a candidate on all customers of the sample, and measure it.

    A second fit, with another seed, is made where the first has no cluster that is too small.

    Parameters
    ----------
    candidate : Candidate
        Its clustering and its metrics are filled in.
    seed : int
        Seed of the fit.
    """
    points, algorithm, k = candidate.points, candidate.algorithm, candidate.asked_k
    candidate.clustering = fit_clustering(algorithm, points, k, seed)
    labels = candidate.clustering.labels(points)
    candidate.metrics |= measure_cheaply(points, labels)
    candidate.metrics["own_assignment_agreement"] = candidate.clustering.own_agreement
    if algorithm in WITHOUT_CHANCE:
        candidate.metrics["seed_adjusted_rand_index"] = 1.0
    elif candidate.metrics["smallest_share"] >= SMALLEST_SHARE:
        again = fit_clustering(algorithm, points, k, seed + 1).labels(points)
        agreement = float(adjusted_rand_score(labels, again))
        candidate.metrics["seed_adjusted_rand_index"] = agreement


def measure_cheaply(points: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Measure what takes one look at the groups.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, d).
    labels : numpy.ndarray
        Shape (n,).

    Returns
    -------
    dict
        The metrics of `quality.measure_shape`, and surrogate_fidelity.
    """
    fidelity = quality.measure_surrogate_fidelity(points, labels)
    return quality.measure_shape(points, labels) | {"surrogate_fidelity": fidelity}


def place_earlier(samples: Samples, space: Space) -> tuple[np.ndarray, Outcomes] | None:
    """Place the customers of the earlier date in a space of the same features, fitted on them.

    Parameters
    ----------
    samples : Samples
        The customers.
    space : Space
        Which features.

    Returns
    -------
    tuple of numpy.ndarray and Outcomes, or None
        One row per customer of the earlier date, and what they did later; None where too few bought
        something later, or none of the features was known.
    """
    if not samples.knows_later:
        return None
    listed = ", ".join(literal(name) for name in space.encoding.features)
    catalog = samples.catalog.filter(f"feature_name in ({listed})")
    _, points, customer_ids = fit_space(space.feature_set, samples.then, catalog, space.population)
    return (points, samples.read_outcomes(customer_ids)) if points.size else None


def measure_method(
    earlier: tuple[np.ndarray, Outcomes] | None, algorithm: str, k: int, seed: int
) -> dict[str, float]:
    """Measure how useful the groups are that a method finds on the earlier date.

    K-means is fitted from ten random starts, a Gaussian mixture from one and on 2,000 customers at
    most; all are placed and measured.

    Parameters
    ----------
    earlier : tuple of numpy.ndarray and Outcomes, or None
        What `place_earlier` gives.
    algorithm : str
        The method.
    k : int
        The number of clusters asked for.
    seed : int
        Seed of the fit.

    Returns
    -------
    dict
        The metrics of `Outcomes.measure_usefulness`; none where too little is known.
    """
    if earlier is None:
        return {}
    points, outcomes = earlier
    some = take_evenly(points, TRIAL_GAUSSIAN_ROWS) if algorithm == "gaussian_mixture" else points
    clustering = fit_clustering(algorithm, some, k, seed, starts=TRIAL_STARTS)
    return outcomes.measure_usefulness(clustering.labels(points))


def fit_spaces(
    samples: Samples, feature_sets: duckdb.DuckDBPyRelation
) -> list[tuple[Space, np.ndarray]]:
    """Fit the space of each feature set; sets that come to the same features are tried once.

    Parameters
    ----------
    samples : Samples
        The customers.
    feature_sets : duckdb.DuckDBPyRelation
        feature_set and family.

    Returns
    -------
    list of Space and numpy.ndarray
        Each space with the customers in it, those with the fewest families first.
    """
    names = feature_sets.aggregate("feature_set, count(*) as families", "feature_set")
    spaces: dict[tuple[str, ...], tuple[Space, np.ndarray]] = {}
    for (name,) in names.order("families, feature_set").project("feature_set").fetchall():
        rows = feature_sets.filter(f"feature_set = {literal(name)}").project("family").fetchall()
        families = ", ".join(literal(family) for (family,) in rows)
        space, points = _fit_space(samples, name, f"family in ({families})")
        # one feature cuts customers into slices whatever they are like
        if len(space.encoding.features) >= 2:
            spaces.setdefault(tuple(space.encoding.names), (space, points))
    return list(spaces.values())


def narrow_spaces(
    samples: Samples, spaces: Sequence[tuple[Space, np.ndarray]], most: int
) -> list[tuple[Space, np.ndarray]]:
    """Fit spaces anew without the features that tell no groups apart.

    Parameters
    ----------
    samples : Samples
        The customers.
    spaces : sequence of Space and numpy.ndarray
        From `fit_spaces`.
    most : int
        The largest number of clusters.

    Returns
    -------
    list of Space and numpy.ndarray
        Those that lost features and have two at least.
    """
    narrowed: dict[tuple[str, ...], tuple[Space, np.ndarray]] = {}
    for space, points in spaces:
        if len(points) < CUSTOMERS_PER_CLUSTER * most:
            continue
        telling = find_telling_features(points, space.groups, most, samples.seed)
        names = [space.encoding.features[each] for each in telling]
        if names and len(names) < len(space.encoding.features):
            listed = ", ".join(map(literal, names))
            fitted = _fit_space(samples, space.feature_set, f"feature_name in ({listed})")
            narrowed.setdefault(tuple(names), fitted)
    return list(narrowed.values())


def _fit_space(samples: Samples, name: str, condition: str) -> tuple[Space, np.ndarray]:
    """Fit a space on the features of the catalogue that meet a condition."""
    catalog = samples.catalog.filter(condition)
    space, points, _ = fit_space(
        name, samples.now, catalog, samples.population, samples.now_statistics
    )
    return space, points


def _list_trials(points: np.ndarray, k_values: list[int]) -> list[tuple[str, int]]:
    """List the algorithms with the numbers of clusters to try."""
    trials = [
        (algorithm, k)
        for algorithm in ALGORITHMS
        for k in k_values
        if algorithm != "hdbscan" and (algorithm != "minibatch_kmeans" or len(points) >= LARGE)
    ]
    # HDBSCAN finds the number of clusters itself
    return [*trials, ("hdbscan", max(k_values))] if k_values else []
