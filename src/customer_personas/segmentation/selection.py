"""Customers grouped in many ways, and one way chosen on evidence or none.

The rule is written down in docs/methodology.md (Personas); the constants below are its figures.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

from customer_personas.features.encoding import Encoding
from customer_personas.features.sampling import sample_customers
from customer_personas.segmentation import quality
from customer_personas.segmentation.clusterings import (
    LARGE,
    SMALLEST_SHARE,
    WITHOUT_CHANCE,
    Clustering,
    fit_clustering,
)
from customer_personas.segmentation.rfm import RfmSegments, fit_rfm_segments
from customer_personas.segmentation.scoring import assignment_sql
from customer_personas.segmentation.space import Space, fit_space, scored_population
from customer_personas.sql import literal

ALGORITHMS = ("kmeans", "minibatch_kmeans", "gaussian_mixture", "ward", "hdbscan")
# Fewer customers per cluster than this, on average, and a cluster is a handful of people.
CUSTOMERS_PER_CLUSTER = 5
# What a candidate must reach.
SMALLEST_JACCARD = 0.80
SEED_AGREEMENT = 0.95
INERTIA_TO_SHUFFLED = 0.90
SILHOUETTE_OVER_SHUFFLED = 0.03
# What must be better than correlation alone for personas to be called groups.
INERTIA_TO_CORRELATED = 0.95
SILHOUETTE_OVER_CORRELATED = 0.03
# What counts as equally good: then the smaller number of clusters and the narrower set wins.
USEFULNESS_TOLERANCE = 0.05
SILHOUETTE_TOLERANCE = 0.03
# Fewer later buyers than this, and usefulness is a figure of chance.
LATER_BUYERS = 100
# Fewer customers than this have no quintiles worth the name.
QUINTILE_CUSTOMERS = 100
# At most so many candidates are bootstrapped.
SHORTLIST = 24

FIGURES = (
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
    "inertia_to_correlated",
    "silhouette_over_correlated",
    "bootstrap_adjusted_rand_index",
    "smallest_jaccard",
)

NOISE_FIGURES = (
    "inertia_to_shuffled",
    "silhouette_over_shuffled",
    "inertia_to_correlated",
    "silhouette_over_correlated",
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
        *((name, pa.float64()) for name in FIGURES),
        ("jaccards", pa.string()),
        ("is_continuum", pa.bool_()),
        ("features", pa.string()),
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
    clustering : Clustering or RfmSegments
        The groups.
    asked_k : int
        The number of clusters asked for.
    figures : dict
        Figures of quality, by name; those not measured are not there.
    jaccards : list of float
        Stability of each cluster, where it was measured.
    problem : str
        Why it cannot be chosen; empty where nothing speaks against it.
    reason : str
        Why it was chosen or not.
    is_champion : bool
        Whether it was chosen.
    """

    role: str
    space: Space
    clustering: Clustering | RfmSegments
    asked_k: int
    figures: dict[str, float] = field(default_factory=dict)
    jaccards: list[float] = field(default_factory=list)
    problem: str = ""
    reason: str = ""
    is_champion: bool = False

    @property
    def count(self) -> int:
        """Number of groups."""
        is_rules = isinstance(self.clustering, RfmSegments)
        return len(self.clustering.names) if is_rules else self.clustering.count

    @property
    def algorithm(self) -> str:
        """Name of what found the groups."""
        is_rules = isinstance(self.clustering, RfmSegments)
        return "rfm_segments" if is_rules else self.clustering.algorithm

    @property
    def is_continuum(self) -> bool:
        """Whether correlation alone explains the groups: slices of a continuum, not islands."""
        return (
            self.figures.get("inertia_to_correlated", 0.0) > INERTIA_TO_CORRELATED
            or self.figures.get("silhouette_over_correlated", 1.0) < SILHOUETTE_OVER_CORRELATED
        )

    def row(self, customer_count: int) -> dict[str, Any]:
        """Give the candidate as a row of the table of fits."""
        is_rules = isinstance(self.clustering, RfmSegments)
        name = "rfm_segments" if is_rules else f"{self.algorithm}_k{self.asked_k}"
        if self.algorithm == "hdbscan":
            name = "hdbscan"
        parameters = {"space": self.space.to_dict()}
        if is_rules:
            parameters["segments"] = self.clustering.names
            scoring_sql = self.clustering.assignment_sql(self.space.population)
        else:
            parameters["clustering"] = self.clustering.to_dict()
            scoring_sql = assignment_sql(self.space, self.clustering)
        return {
            "model_id": f"{self.role}:{self.space.feature_set}:{name}",
            "role": self.role,
            "feature_set": self.space.feature_set,
            "algorithm": self.algorithm,
            "cluster_count": self.count,
            "input_count": len(self.space.encoding.inputs),
            "customer_count": customer_count,
            **{name: self.figures.get(name) for name in FIGURES},
            "jaccards": json.dumps(self.jaccards) if self.jaccards else None,
            "is_continuum": self.is_continuum if "inertia_to_correlated" in self.figures else None,
            "features": json.dumps(self.space.encoding.features, ensure_ascii=False),
            "parameters": json.dumps(parameters, ensure_ascii=False),
            "scoring_sql": scoring_sql,
            "is_champion": self.is_champion,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Company:
    """What segmentation reads, on bounded samples.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The features that personas may be formed on.
    population : str
        SQL condition on the customers to group.
    now, then : duckdb.DuckDBPyRelation
        Features on the date to score for, and one horizon or more earlier.
    later_spend : dict
        log(1 + spend) within the horizon after `then`, by customer; who is not there spent nothing.
    later_categories : dict
        Shares of the categories in it, by customer who bought something with a category.
    seed : int
        Seed of everything random.
    progress : callable
        Takes a line that says what is being done.
    """

    catalog: duckdb.DuckDBPyRelation
    population: str
    now: duckdb.DuckDBPyRelation
    then: duckdb.DuckDBPyRelation
    later_spend: dict[str, float]
    later_categories: dict[str, np.ndarray]
    seed: int
    progress: Callable[[str], None]

    @property
    def knows_later(self) -> bool:
        """Whether enough customers bought something later."""
        return len(self.later_spend) >= LATER_BUYERS

    def usefulness(self, customer_ids: list[str], labels: np.ndarray) -> dict[str, float]:
        """Measure how much of what customers did later the groups of `then` explain."""
        spend = np.array([[self.later_spend.get(each, 0.0)] for each in customer_ids])
        explained = {"later_spend_explained": quality.explained_share(labels, spend)}
        who = [n for n, each in enumerate(customer_ids) if each in self.later_categories]
        if len(who) >= LATER_BUYERS:
            mixes = np.array([self.later_categories[customer_ids[n]] for n in who])
            explained["later_categories_explained"] = quality.explained_share(labels[who], mixes)
        return explained | {"usefulness": float(np.mean(list(explained.values())))}


def read_company(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    later_purchases: duckdb.DuckDBPyRelation,
    *,
    observation_date: date,
    seed: int,
    sample_size: int,
    progress: Callable[[str], None],
) -> Company:
    """Take the samples that segmentation learns from and is judged by.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    later_purchases : duckdb.DuckDBPyRelation
        customer_id, observation_date, product_category, net_amount and sale_amount of what was
        bought within the horizon after the newest complete grid date.
    observation_date : datetime.date
        The date to group customers on.
    seed : int
        Seed of the sample and of the fits.
    sample_size : int
        Largest number of customers.
    progress : callable
        Takes a line that says what is being done.

    Returns
    -------
    Company
        The samples.
    """
    usable = catalog.filter("in_segmentation")
    current = features.filter(f"observation_date = date '{observation_date}'")
    population = scored_population(current, usable)
    # a later date than the one to group on would know its future
    judged = later_purchases.filter(f"observation_date < date '{observation_date}'")
    ((earlier,),) = judged.aggregate("max(observation_date)").fetchall()
    past = features.filter(f"observation_date = date '{earlier or observation_date}'")
    spend = judged.aggregate(
        "customer_id, ln(1 + greatest(cast(sum(net_amount) as double), 0)) as spend", "customer_id"
    )
    mixes: dict[str, dict[str, float]] = {}
    bought = judged.filter("product_category is not null and sale_amount > 0")
    # the order of the rows is the order of the sums below
    bought = bought.order("customer_id, product_category")
    for customer, category, amount in bought.project(
        "customer_id, product_category, cast(sale_amount as double)"
    ).fetchall():
        mixes.setdefault(customer, {})[category] = amount
    categories = sorted({category for mix in mixes.values() for category in mix})
    return Company(
        usable,
        population,
        sample_customers(current.filter(population), sample_size, seed),
        sample_customers(past.filter(population), sample_size, seed),
        dict(spend.fetchall()) if earlier else {},
        {
            customer: np.array([mix.get(each, 0.0) for each in categories]) / sum(mix.values())
            for customer, mix in sorted(mixes.items())
        },
        seed,
        progress,
    )


def find_candidates(
    company: Company,
    feature_sets: duckdb.DuckDBPyRelation,
    *,
    k_values: Iterable[int],
) -> list[Candidate]:
    """Fit every algorithm on every feature set for every number of clusters, and measure cheaply.

    Parameters
    ----------
    company : Company
        The samples.
    feature_sets : duckdb.DuckDBPyRelation
        feature_set and family.
    k_values : iterable of int
        Numbers of clusters.

    Returns
    -------
    list of Candidate
        By feature set, algorithm and number of clusters.
    """
    candidates = []
    for space in _spaces(company, feature_sets):
        points, _ = space.points(company.now)
        earlier = place_earlier(company, space)
        most = min(len(np.unique(points, axis=0)), len(points) // CUSTOMERS_PER_CLUSTER)
        possible = [k for k in k_values if k <= most]
        company.progress(
            f"{space.feature_set}: {len(points)} customers, {len(space.encoding.inputs)} inputs, "
            f"clusters tried: {', '.join(map(str, possible)) or f'none, {most} at most'}"
        )
        for algorithm, k in _trials(points, possible):
            clustering = fit_clustering(algorithm, points, k, company.seed)
            candidate = Candidate("candidate", space, clustering, k)
            candidates.append(candidate)
            again = clustering
            if algorithm not in WITHOUT_CHANCE:
                again = fit_clustering(algorithm, points, k, company.seed + 1)
            _measure(candidate, points, again.labels(points))
            candidate.figures |= usefulness_of_method(company, earlier, algorithm, k)
            candidate.problem = _cheap_problem(candidate, min(k_values), max(k_values))
    return candidates


def choose(candidates: list[Candidate], company: Company) -> Candidate | None:
    """Choose the best candidate that holds under the costly checks.

    Parameters
    ----------
    candidates : list of Candidate
        All of them; figures, problems and reasons are filled in on the way.
    company : Company
        The samples.

    Returns
    -------
    Candidate or None
        The one chosen; None where none is good enough.
    """
    noise: dict[tuple[str, int], dict[str, float]] = {}
    bootstrapped = 0
    while bootstrapped < SHORTLIST:
        best = _best([each for each in candidates if not each.problem])
        if best is None:
            return None
        points, _ = best.space.points(company.now)
        key = (best.space.feature_set, best.count)
        compare_with_noise(best, company, points, noise.get(key))
        noise[key] = {name: best.figures[name] for name in NOISE_FIGURES}
        if not best.problem:
            company.progress(
                f"{best.space.feature_set}, {best.algorithm}, {best.count} clusters: "
                f"{quality.RESAMPLES} resamples"
            )
            bootstrapped += 1
            measure_stability(best, points, company.seed)
        if not best.problem:
            return best
    return None


def compare_with_noise(
    candidate: Candidate, company: Company, points: np.ndarray, known: dict | None = None
) -> None:
    """Hold a candidate against noise, with the figures of its set and number where known."""
    candidate.figures |= known or quality.compare_with_noise(
        points, candidate.space.groups, candidate.count, company.seed
    )
    candidate.problem = _noise_problem(candidate)


def measure_stability(candidate: Candidate, points: np.ndarray, seed: int) -> None:
    """Bootstrap a candidate, each resample fitted from scratch; say where it does not hold."""
    fit = quality.refit(candidate.clustering.algorithm, candidate.asked_k)
    found = quality.stability(points, candidate.clustering, fit, seed)
    candidate.jaccards = found.pop("jaccards")
    candidate.figures |= found
    candidate.problem = _stability_problem(candidate)


def fallback(company: Company, rfm_rules: duckdb.DuckDBPyRelation) -> Candidate:
    """Give what stands in for personas where none can be trusted.

    Parameters
    ----------
    company : Company
        The samples.
    rfm_rules : duckdb.DuckDBPyRelation
        The seed rfm_segments.

    Returns
    -------
    Candidate
        The RFM segments, measured like every candidate; without orders, or with fewer than 100
        customers, one group of everybody.
    """
    nothing = Space("none", Encoding(()), company.population, np.zeros(0), np.zeros(0))
    segments = fit_rfm_segments(company.now, company.catalog, rfm_rules)
    ((customers,),) = company.now.aggregate("count(*)").fetchall()
    if segments is None or customers < QUINTILE_CUSTOMERS:
        return Candidate("fallback", nothing, Clustering("everybody", np.zeros((1, 0))), 1)
    families = company.catalog.filter("family = 'rfm'")
    space = fit_space("rfm", company.now, families, company.population)
    candidate = Candidate("fallback", space, segments, len(segments.names))
    points, _ = space.points(company.now)
    _, labels = _segments(segments, company.now, company.population)
    if len(points) == len(labels) and points.size:
        _measure(candidate, points, labels, labels)
        del candidate.figures["seed_adjusted_rand_index"]
    past = fit_rfm_segments(company.then, company.catalog, rfm_rules)
    if company.knows_later and past is not None:
        candidate.figures |= company.usefulness(*_segments(past, company.then, company.population))
    return candidate


def _spaces(company: Company, feature_sets: duckdb.DuckDBPyRelation) -> list[Space]:
    """Fit the space of each feature set; sets that come to the same features are tried once."""
    names = feature_sets.aggregate("feature_set, count(*) as families", "feature_set")
    spaces: dict[tuple[str, ...], Space] = {}
    for (name,) in names.order("families, feature_set").project("feature_set").fetchall():
        rows = feature_sets.filter(f"feature_set = {literal(name)}").project("family").fetchall()
        families = ", ".join(literal(family) for (family,) in rows)
        catalog = company.catalog.filter(f"family in ({families})")
        space = fit_space(name, company.now, catalog, company.population)
        # one feature cuts customers into slices whatever they are like
        if len(space.encoding.features) >= 2:
            spaces.setdefault(tuple(space.encoding.names), space)
    return list(spaces.values())


def place_earlier(company: Company, space: Space) -> tuple[np.ndarray, list[str]]:
    """Place the customers of the earlier date in a space of the same features, fitted on them."""
    if not company.knows_later:
        return np.zeros((0, 0)), []
    listed = ", ".join(literal(name) for name in space.encoding.features)
    catalog = company.catalog.filter(f"feature_name in ({listed})")
    past = fit_space(space.feature_set, company.then, catalog, space.population)
    return past.points(company.then)


def usefulness_of_method(
    company: Company, earlier: tuple[np.ndarray, list[str]], algorithm: str, k: int
) -> dict[str, float]:
    """Judge a method by what its groups of the earlier date tell; nothing where that is unknown."""
    points, customer_ids = earlier
    if not points.size:
        return {}
    clustering = fit_clustering(algorithm, points, k, company.seed)
    return company.usefulness(customer_ids, clustering.labels(points))


def _trials(points: np.ndarray, k_values: list[int]) -> list[tuple[str, int]]:
    """List the algorithms with the numbers of clusters to try."""
    trials = [
        (algorithm, k)
        for algorithm in ALGORITHMS
        for k in k_values
        if algorithm != "hdbscan" and (algorithm != "minibatch_kmeans" or len(points) >= LARGE)
    ]
    # HDBSCAN finds the number of clusters itself
    return [*trials, ("hdbscan", max(k_values))] if k_values else []


def _measure(candidate: Candidate, points, other_labels, labels=None) -> None:
    if labels is None:
        labels = candidate.clustering.labels(points)
        candidate.figures["own_assignment_agreement"] = candidate.clustering.own_agreement
    candidate.figures |= quality.shape(points, labels)
    candidate.figures["surrogate_fidelity"] = quality.surrogate_fidelity(points, labels)
    candidate.figures["seed_adjusted_rand_index"] = float(adjusted_rand_score(labels, other_labels))


def _segments(segments: RfmSegments, features, population) -> tuple[list[str], np.ndarray]:
    found = features.query("features", segments.assignment_sql(population)).order("customer_id")
    rows = found.project("customer_id, cluster").fetchall()
    return [customer for customer, _ in rows], np.array([cluster for _, cluster in rows])


def _cheap_problem(candidate: Candidate, fewest: int, most: int) -> str:
    share = candidate.figures["smallest_share"]
    agreement = candidate.figures["seed_adjusted_rand_index"]
    if candidate.count < candidate.asked_k and candidate.algorithm != "hdbscan":
        return f"only {candidate.count} clusters have members"
    if not fewest <= candidate.count <= most:
        found = "one cluster" if candidate.count == 1 else f"{candidate.count} clusters"
        return f"{found} found, from {fewest} to {most} are asked for"
    if share < SMALLEST_SHARE:
        return (
            f"the smallest cluster holds {share:.1%} of the customers, below {SMALLEST_SHARE:.0%}"
        )
    if agreement < SEED_AGREEMENT:
        return (
            f"another random start agrees with an adjusted Rand index of {agreement:.2f} only, "
            f"below {SEED_AGREEMENT}"
        )
    return ""


def _noise_problem(candidate: Candidate) -> str:
    ratio = candidate.figures["inertia_to_shuffled"]
    excess = candidate.figures["silhouette_over_shuffled"]
    if ratio <= INERTIA_TO_SHUFFLED and excess >= SILHOUETTE_OVER_SHUFFLED:
        return ""
    return (
        f"no better than noise: inertia is {ratio:.2f} of that of reshuffled columns "
        f"({INERTIA_TO_SHUFFLED} at most is asked for), silhouette {excess:+.3f} over theirs "
        f"({SILHOUETTE_OVER_SHUFFLED:+} at least)"
    )


def _stability_problem(candidate: Candidate) -> str:
    jaccard = candidate.figures["smallest_jaccard"]
    if jaccard >= SMALLEST_JACCARD:
        return ""
    return (
        f"not stable: of one cluster, resamples bring back {jaccard:.2f} only (mean Jaccard; "
        f"{SMALLEST_JACCARD} at least is asked for)"
    )


def _best(candidates: list[Candidate]) -> Candidate | None:
    """Apply the rule of choice: the most useful set, in it the smallest number that is as good."""
    useful = [each for each in candidates if "usefulness" in each.figures]
    if not useful:
        return _best_by_silhouette(candidates)
    best_of_sets = []
    for feature_set in {each.space.feature_set for each in useful}:
        own = [each for each in useful if each.space.feature_set == feature_set]
        enough = (1 - USEFULNESS_TOLERANCE) * max(each.figures["usefulness"] for each in own)
        as_good = [each for each in own if each.figures["usefulness"] >= enough]
        best_of_sets.append(min(as_good, key=lambda each: (each.count, *_by_usefulness(each))))
    enough = (1 - USEFULNESS_TOLERANCE) * max(each.figures["usefulness"] for each in best_of_sets)
    as_good = [each for each in best_of_sets if each.figures["usefulness"] >= enough]
    return min(as_good, key=lambda each: (len(each.space.encoding.inputs), *_by_usefulness(each)))


def _by_usefulness(candidate: Candidate) -> tuple:
    """Sort the most useful first, ties by the plainer algorithm: the same on every run."""
    place = ALGORITHMS.index(candidate.algorithm)
    return -candidate.figures["usefulness"], candidate.space.feature_set, place


def _best_by_silhouette(candidates: list[Candidate]) -> Candidate | None:
    """Choose the widest set and in it the smallest number that is as good, usefulness unknown."""
    if not candidates:
        return None
    widest = max(candidates, key=lambda each: len(each.space.encoding.inputs)).space
    own = [each for each in candidates if each.space.feature_set == widest.feature_set]
    enough = max(each.figures["silhouette"] for each in own) - SILHOUETTE_TOLERANCE
    as_good = [each for each in own if each.figures["silhouette"] >= enough]
    # what differs in the third decimal is the same: then the plainer algorithm
    return min(
        as_good,
        key=lambda each: (
            each.count,
            -round(each.figures["silhouette"], 2),
            ALGORITHMS.index(each.algorithm),
        ),
    )
