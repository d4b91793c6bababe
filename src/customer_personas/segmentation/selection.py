"""The rule that chooses one of the candidates on evidence, or none.

The rule is written down in docs/methodology.md (Personas); the constants below are its figures.
"""

from collections.abc import Sequence

import numpy as np

from customer_personas.segmentation import quality
from customer_personas.segmentation.candidates import ALGORITHMS, Candidate
from customer_personas.segmentation.clusterings import SMALLEST_SHARE
from customer_personas.segmentation.null_distribution import compare_with_null
from customer_personas.segmentation.samples import Samples

# What a candidate must reach.
SMALLEST_JACCARD = 0.80
SEED_AGREEMENT = 0.95
INERTIA_TO_SHUFFLED = 0.90
SILHOUETTE_OVER_SHUFFLED = 0.03
# What counts as equally good: then the smaller number of clusters and the narrower set wins.
USEFULNESS_TOLERANCE = 0.05
SILHOUETTE_TOLERANCE = 0.03
# At most so many candidates are bootstrapped.
SHORTLIST = 24

NULL_METRICS = (
    "inertia_to_shuffled",
    "silhouette_over_shuffled",
    "inertia_to_correlated",
    "silhouette_over_correlated",
)


def choose(
    candidates: Sequence[Candidate], samples: Samples, k_values: Sequence[int]
) -> Candidate | None:
    """Choose the best candidate that holds under the costly checks.

    Parameters
    ----------
    candidates : sequence of Candidate
        All of them; metrics and problems are filled in on the way.
    samples : Samples
        The customers.
    k_values : sequence of int
        Numbers of clusters asked for.

    Returns
    -------
    Candidate or None
        The one chosen; None where none is good enough.
    """
    for each in candidates:
        each.problem = _find_cheap_problem(each, min(k_values), max(k_values))
    known: dict[tuple[str, int], dict[str, float]] = {}
    bootstrapped = 0
    while bootstrapped < SHORTLIST:
        best = _find_best([each for each in candidates if not each.problem])
        if best is None:
            return None
        points, _ = best.space.place(samples.now)
        key = (best.space.feature_set, best.count)
        hold_against_null(best, points, samples.seed, known.get(key))
        known[key] = {name: best.metrics[name] for name in NULL_METRICS}
        if not best.problem:
            samples.progress(
                f"{best.space.feature_set}, {best.algorithm}, {best.count} clusters: "
                f"{quality.RESAMPLES} resamples"
            )
            bootstrapped += 1
            hold_against_resamples(best, points, samples.seed)
        if not best.problem:
            return best
    return None


def hold_against_null(
    candidate: Candidate, points: np.ndarray, seed: int, known: dict[str, float] | None = None
) -> None:
    """Hold a candidate against the null distributions; its problem says where it is no better.

    Parameters
    ----------
    candidate : Candidate
        Its metrics and its problem are filled in.
    points : numpy.ndarray
        Shape (n, d): the customers in its space.
    seed : int
        Seed of the draws.
    known : dict, optional
        The metrics, where they were measured of another candidate of the same set and number.
    """
    candidate.metrics |= known or compare_with_null(
        points, candidate.space.groups, candidate.count, seed
    )
    candidate.problem = _find_null_problem(candidate)


def hold_against_resamples(candidate: Candidate, points: np.ndarray, seed: int) -> None:
    """Bootstrap a candidate, each resample fitted from scratch; its problem says what is lost.

    Parameters
    ----------
    candidate : Candidate
        Its metrics, Jaccards and problem are filled in.
    points : numpy.ndarray
        Shape (n, d): the customers in its space.
    seed : int
        Seed of the resamples.
    """
    fit = quality.make_refit(candidate.algorithm, candidate.asked_k)
    found, jaccards = quality.measure_stability(points, candidate.clustering, fit, seed)
    candidate.jaccards = jaccards
    candidate.metrics |= found
    candidate.problem = _find_stability_problem(candidate)


def explain(candidates: Sequence[Candidate], fresh: Candidate | None) -> None:
    """Say of each candidate why it was chosen or not.

    Parameters
    ----------
    candidates : sequence of Candidate
        Their reasons are filled in.
    fresh : Candidate or None
        The one that `choose` chose.
    """
    for each in candidates:
        if each.problem:
            each.reason = f"Refused: {each.problem}."
        elif each is fresh and not each.reason:
            each.reason = (
                f"Chosen: {_name_merit(each)}; resamples bring back each cluster with a mean "
                f"Jaccard similarity of {each.metrics['smallest_jaccard']:.2f} at least; inertia "
                f"is {each.metrics['inertia_to_shuffled']:.2f} of that of reshuffled columns, "
                f"silhouette {each.metrics['silhouette_over_shuffled']:+.2f} over theirs."
            )
        elif each is not fresh and fresh is not None:
            each.reason = (
                f"Not chosen: {_name_merit(each)} against {_name_merit(fresh)} of the one chosen"
                + ("; as good, but less simple." if _is_as_good(each, fresh) else ".")
            )
        elif fresh is None:
            each.reason = "Not chosen: not among those bootstrapped."


def explain_refusal(candidates: Sequence[Candidate], samples: Samples) -> str:
    """Say why no candidate can be trusted, with the figures of the best try.

    Parameters
    ----------
    candidates : sequence of Candidate
        All that were tried.
    samples : Samples
        The customers.

    Returns
    -------
    str
        One sentence or two.
    """
    if not candidates:
        return (
            f"{samples.count_customers()} customers and the features known of them give no two "
            "features to group by with five customers per cluster."
        )
    examined = [each for each in candidates if "inertia_to_shuffled" in each.metrics]
    closest = max(
        examined or candidates,
        key=lambda each: (
            each.metrics.get("smallest_jaccard", -1.0),
            each.metrics.get("silhouette_over_shuffled", -1.0),
        ),
    )
    return (
        f"None of {len(candidates)} candidates holds. The one that came closest "
        f"({closest.space.feature_set}, {closest.algorithm}, {closest.count} clusters): "
        f"{closest.problem or 'not among those bootstrapped'}."
    )


def _find_cheap_problem(candidate: Candidate, fewest: int, most: int) -> str:
    share = candidate.metrics["smallest_share"]
    agreement = candidate.metrics["seed_adjusted_rand_index"]
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


def _find_null_problem(candidate: Candidate) -> str:
    ratio = candidate.metrics["inertia_to_shuffled"]
    excess = candidate.metrics["silhouette_over_shuffled"]
    if ratio <= INERTIA_TO_SHUFFLED and excess >= SILHOUETTE_OVER_SHUFFLED:
        return ""
    return (
        f"no better than noise: inertia is {ratio:.2f} of that of reshuffled columns "
        f"({INERTIA_TO_SHUFFLED} at most is asked for), silhouette {excess:+.3f} over theirs "
        f"({SILHOUETTE_OVER_SHUFFLED:+} at least)"
    )


def _find_stability_problem(candidate: Candidate) -> str:
    jaccard = candidate.metrics["smallest_jaccard"]
    if jaccard >= SMALLEST_JACCARD:
        return ""
    return (
        f"not stable: of one cluster, resamples bring back {jaccard:.2f} only (mean Jaccard; "
        f"{SMALLEST_JACCARD} at least is asked for)"
    )


def _find_best(candidates: list[Candidate]) -> Candidate | None:
    """Apply the rule of choice: the most useful set, in it the smallest number that is as good."""
    useful = [each for each in candidates if "usefulness" in each.metrics]
    if not useful:
        return _find_best_by_silhouette(candidates)
    best_of_sets = []
    for feature_set in {each.space.feature_set for each in useful}:
        own = [each for each in useful if each.space.feature_set == feature_set]
        enough = (1 - USEFULNESS_TOLERANCE) * max(each.metrics["usefulness"] for each in own)
        as_good = [each for each in own if each.metrics["usefulness"] >= enough]
        best_of_sets.append(min(as_good, key=lambda each: (each.count, *_sort_by_usefulness(each))))
    enough = (1 - USEFULNESS_TOLERANCE) * max(each.metrics["usefulness"] for each in best_of_sets)
    as_good = [each for each in best_of_sets if each.metrics["usefulness"] >= enough]
    return min(
        as_good, key=lambda each: (len(each.space.encoding.inputs), *_sort_by_usefulness(each))
    )


def _sort_by_usefulness(candidate: Candidate) -> tuple[float, str, int]:
    """Sort the most useful first, ties by the plainer algorithm: the same on every run."""
    place = ALGORITHMS.index(candidate.algorithm)
    return -candidate.metrics["usefulness"], candidate.space.feature_set, place


def _find_best_by_silhouette(candidates: list[Candidate]) -> Candidate | None:
    """Choose the widest set and in it the smallest number that is as good, usefulness unknown."""
    if not candidates:
        return None
    widest = max(candidates, key=lambda each: len(each.space.encoding.inputs)).space
    own = [each for each in candidates if each.space.feature_set == widest.feature_set]
    enough = max(each.metrics["silhouette"] for each in own) - SILHOUETTE_TOLERANCE
    as_good = [each for each in own if each.metrics["silhouette"] >= enough]
    # what differs in the third decimal is the same: then the plainer algorithm
    return min(
        as_good,
        key=lambda each: (
            each.count,
            -round(each.metrics["silhouette"], 2),
            ALGORITHMS.index(each.algorithm),
        ),
    )


def _name_merit(candidate: Candidate) -> str:
    if "usefulness" in candidate.metrics:
        return f"usefulness {candidate.metrics['usefulness']:.3f}"
    return f"silhouette {candidate.metrics['silhouette']:.3f}"


def _is_as_good(candidate: Candidate, fresh: Candidate) -> bool:
    metric = "usefulness" if "usefulness" in fresh.metrics else "silhouette"
    return candidate.metrics.get(metric, -1.0) >= (1 - USEFULNESS_TOLERANCE) * fresh.metrics[metric]
