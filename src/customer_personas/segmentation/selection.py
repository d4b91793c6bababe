"""The rule that chooses one of the candidates on evidence, or none.

The rule is written down in docs/methodology.md (Personas); the constants below are its figures.
"""

import math
from collections.abc import Callable, Sequence

from customer_personas.segmentation import quality
from customer_personas.segmentation.candidates import ALGORITHMS, NARROWED, Candidate, fit_candidate
from customer_personas.segmentation.clusterings import SMALLEST_SHARE
from customer_personas.segmentation.gaps import SMALLEST_GAP, measure_apart_share, measure_gaps
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

SHUFFLED_METRICS = ("inertia_to_shuffled", "silhouette_over_shuffled")


def choose(
    candidates: Sequence[Candidate], samples: Samples, k_values: Sequence[int]
) -> Candidate | None:
    """Choose the best candidate that holds under the costly checks.

    Nothing is measured that cannot change the choice: a candidate is fitted on today's customers
    once the rule needs to know whether it is eligible, and held against reshuffled columns and
    resamples once the rule picks it.

    Parameters
    ----------
    candidates : sequence of Candidate
        All of them; clusterings, metrics and problems are filled in on the way.
    samples : Samples
        The customers.
    k_values : sequence of int
        Numbers of clusters asked for.

    Returns
    -------
    Candidate or None
        The one chosen; None where none is good enough.
    """

    def is_eligible(candidate: Candidate) -> bool:
        if not candidate.is_fitted:
            fit_candidate(candidate, samples.seed)
        candidate.problem = _find_cheap_problem(candidate, min(k_values), max(k_values))
        return not candidate.problem

    def is_apart(candidate: Candidate) -> bool:
        judge_gaps(candidate, samples.seed)
        return min(candidate.gaps) >= SMALLEST_GAP

    for each in candidates:
        if each.is_fitted:
            is_eligible(each)
    bootstrapped = 0
    while bootstrapped < SHORTLIST:
        remaining = [each for each in candidates if not each.problem]
        best = _find_best(remaining, is_eligible, is_apart)
        if best is None:
            return None
        hold_against_null(best, samples.seed)
        # the null is of K-means: what it says holds for all of the same set and number
        for each in remaining:
            if each.space is best.space and each.count == best.count:
                each.metrics |= {name: best.metrics[name] for name in SHUFFLED_METRICS}
                each.problem = each.problem or best.problem
        if not best.problem:
            samples.progress(
                f"{best.space.feature_set}, {best.algorithm}, {best.count} clusters: "
                f"{quality.RESAMPLES} resamples at most"
            )
            bootstrapped += 1
            hold_against_resamples(best, samples.seed)
            if not best.problem:
                return best
    return None


def hold_against_null(candidate: Candidate, seed: int) -> None:
    """Hold a candidate against reshuffled columns; its problem says where it is no better.

    Parameters
    ----------
    candidate : Candidate
        Its metrics and its problem are filled in.
    seed : int
        Seed of the draws.
    """
    if not candidate.metrics.keys() >= set(SHUFFLED_METRICS):
        candidate.metrics |= compare_with_null(
            candidate.points, candidate.space.groups, candidate.count, seed
        )
    candidate.problem = _find_null_problem(candidate)


def hold_against_resamples(candidate: Candidate, seed: int) -> None:
    """Bootstrap a candidate, each resample fitted from scratch; its problem says what is lost.

    Parameters
    ----------
    candidate : Candidate
        Its metrics, Jaccards and problem are filled in.
    seed : int
        Seed of the resamples.
    """
    fit = quality.make_refit(candidate.algorithm, candidate.asked_k)
    found, jaccards = quality.measure_stability(
        candidate.points, candidate.clustering, fit, seed, enough=SMALLEST_JACCARD
    )
    candidate.jaccards = jaccards
    candidate.metrics |= found
    candidate.problem = _find_stability_problem(candidate)


def judge_gaps(candidate: Candidate, seed: int) -> None:
    """Judge whether there are gaps around what was chosen: groups, or slices of a continuum.

    Parameters
    ----------
    candidate : Candidate
        Its gaps and metrics are filled in; nothing is refused for them.
    seed : int
        Seed of the order of equal values.
    """
    if not candidate.gaps:
        labels = candidate.clustering.labels(candidate.points)
        gaps = measure_gaps(candidate.points, candidate.space.groups, labels, seed)
        shares = candidate.clustering.shares(candidate.points)
        candidate.gaps = gaps.tolist()
        candidate.metrics["apart_share"] = measure_apart_share(gaps, shares)


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
            if each.variant == NARROWED:
                each.reason += " Features that tell no groups apart were left out."
        elif each is not fresh and fresh is not None:
            each.reason = f"Not chosen: {_compare(each, fresh)}."
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


def _down(value: float, digits: int) -> float:
    """Round what is too small downwards, so that it never reads as what is asked for."""
    # a hair first: 0.29 is 0.28999... to the machine
    return math.floor(round(value * 10**digits, 6)) / 10**digits


def _find_cheap_problem(candidate: Candidate, fewest: int, most: int) -> str:
    share = candidate.metrics["smallest_share"]
    if candidate.count < candidate.asked_k and candidate.algorithm != "hdbscan":
        return f"only {candidate.count} clusters have members"
    if not fewest <= candidate.count <= most:
        found = "one cluster" if candidate.count == 1 else f"{candidate.count} clusters"
        return f"{found} found, from {fewest} to {most} are asked for"
    if share < SMALLEST_SHARE:
        return (
            f"the smallest cluster holds {_down(share, 3):.1%} of the customers, "
            f"below {SMALLEST_SHARE:.0%}"
        )
    agreement = candidate.metrics["seed_adjusted_rand_index"]
    if agreement < SEED_AGREEMENT:
        return (
            f"another random start agrees with an adjusted Rand index of {_down(agreement, 2):.2f} "
            f"only, below {SEED_AGREEMENT}"
        )
    return ""


def _find_null_problem(candidate: Candidate) -> str:
    ratio = candidate.metrics["inertia_to_shuffled"]
    excess = candidate.metrics["silhouette_over_shuffled"]
    if ratio <= INERTIA_TO_SHUFFLED and excess >= SILHOUETTE_OVER_SHUFFLED:
        return ""
    return (
        f"no better than noise: inertia is {-_down(-ratio, 2):.2f} of that of reshuffled columns "
        f"({INERTIA_TO_SHUFFLED} at most is asked for), silhouette {_down(excess, 3):+.3f} over "
        f"theirs ({SILHOUETTE_OVER_SHUFFLED:+} at least)"
    )


def _find_stability_problem(candidate: Candidate) -> str:
    jaccard = candidate.metrics["smallest_jaccard"]
    if jaccard >= SMALLEST_JACCARD:
        return ""
    return (
        f"not stable: of one cluster, resamples bring back {_down(jaccard, 2):.2f} only (mean "
        f"Jaccard; {SMALLEST_JACCARD} at least is asked for)"
    )


def _find_best(
    candidates: Sequence[Candidate],
    is_eligible: Callable[[Candidate], bool],
    is_apart: Callable[[Candidate], bool],
) -> Candidate | None:
    """Apply the rule of choice: the most useful set, in it the smallest number that is as good."""
    best_of_sets: list[Candidate] = []
    sets = _group_by_set([each for each in candidates if "usefulness" in each.metrics])
    for own in sorted(sets, key=lambda own: min(map(_sort_by_usefulness, own))):
        own.sort(key=_sort_by_usefulness)
        # a set that cannot be as good changes nothing, nor do those after it
        if own[0].metrics["usefulness"] < _find_enough(best_of_sets):
            break
        top = next((each for each in own if is_eligible(each)), None)
        if top is not None:
            as_good = [each for each in own if each.metrics["usefulness"] >= _find_enough([top])]
            as_good.sort(key=lambda each: (each.count, *_sort_by_usefulness(each)))
            best_of_sets.append(next(filter(is_eligible, as_good)))
    if not best_of_sets:
        return _find_best_by_silhouette(candidates, is_eligible, is_apart)
    enough = _find_enough(best_of_sets)
    return min(
        (each for each in best_of_sets if each.metrics["usefulness"] >= enough),
        key=lambda each: (len(each.space.encoding.inputs), *_sort_by_usefulness(each)),
    )


def _group_by_set(candidates: list[Candidate]) -> list[list[Candidate]]:
    names = dict.fromkeys(each.space.feature_set for each in candidates)
    return [[each for each in candidates if each.space.feature_set == name] for name in names]


def _find_enough(candidates: list[Candidate]) -> float:
    """Find the usefulness that counts as good as the best."""
    best = max((each.metrics["usefulness"] for each in candidates), default=0.0)
    return (1 - USEFULNESS_TOLERANCE) * best


def _sort_by_usefulness(candidate: Candidate) -> tuple[float, str, int]:
    """Sort the most useful first, ties by the plainer algorithm: the same on every run."""
    place = ALGORITHMS.index(candidate.algorithm)
    return -candidate.metrics["usefulness"], candidate.space.feature_set, place


def _find_best_by_silhouette(
    candidates: Sequence[Candidate],
    is_eligible: Callable[[Candidate], bool],
    is_apart: Callable[[Candidate], bool],
) -> Candidate | None:
    """Choose the widest set and in it a number that is as good, usefulness unknown."""
    sets = _group_by_set([each for each in candidates if "usefulness" not in each.metrics])
    sets.sort(key=lambda own: -len(own[0].space.encoding.inputs))
    own = next(filter(None, ([*filter(is_eligible, own)] for own in sets)), None)
    if own is None:
        return None
    enough = max(each.metrics["silhouette"] for each in own) - SILHOUETTE_TOLERANCE
    as_good = [each for each in own if each.metrics["silhouette"] >= enough]
    # what differs in the third decimal is the same: then the plainer algorithm
    as_good.sort(
        key=lambda each: (
            each.count,
            -round(each.metrics["silhouette"], 2),
            ALGORITHMS.index(each.algorithm),
        )
    )
    # gaps on all sides say that more groups are there; else the fewest are as good as any
    apart = [each for each in as_good if is_apart(each)]
    most = max((each.count for each in apart), default=0)
    return next((each for each in apart if each.count == most), as_good[0])


def _compare(candidate: Candidate, fresh: Candidate) -> str:
    """Say what a candidate is worth beside the one chosen."""
    metric = "usefulness" if "usefulness" in fresh.metrics else "silhouette"
    if metric not in candidate.metrics:
        return f"its set was not looked at, since {fresh.space.feature_set} goes before it"
    is_as_good = candidate.metrics[metric] >= (1 - USEFULNESS_TOLERANCE) * fresh.metrics[metric]
    compared = f"{_name_merit(candidate)} against {_name_merit(fresh)} of the one chosen"
    return compared + ("; as good, but less simple" if is_as_good else "")


def _name_merit(candidate: Candidate) -> str:
    metric = "usefulness" if "usefulness" in candidate.metrics else "silhouette"
    return f"{metric} {candidate.metrics[metric]:.3f}"
