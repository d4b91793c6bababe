"""The champion in force against what could take its place: it yields by a margin only."""

import json
from typing import Any

import numpy as np

from customer_personas.segmentation import quality
from customer_personas.segmentation.candidates import (
    Candidate,
    measure_cheaply,
    measure_method,
    place_earlier,
)
from customer_personas.segmentation.clusterings import SMALLEST_SHARE, Clustering, warm_start
from customer_personas.segmentation.samples import Outcomes, Samples
from customer_personas.segmentation.selection import hold_against_null, hold_against_resamples
from customer_personas.segmentation.space import Space

# A persona with a smaller share than this has lost its members.
EMPTY_SHARE = 0.01


def read_champion(row: dict[str, Any]) -> Candidate | None:
    """Read the champion in force.

    Parameters
    ----------
    row : dict
        A row of the champions.

    Returns
    -------
    Candidate or None
        None for a fallback, which yields to anything.
    """
    if row["role"] == "fallback":
        return None
    parameters = json.loads(row["parameters"])
    clustering = Clustering.from_dict(parameters["clustering"])
    return Candidate(
        "champion",
        Space.from_dict(parameters["space"]),
        clustering,
        clustering.count,
        jaccards=[each["jaccard"] for each in row["personas"] if each["jaccard"] is not None],
    )


def challenge(
    champion: Candidate, fresh: Candidate | None, samples: Samples, margin: float
) -> tuple[Candidate, list[Candidate]]:
    """Let the champion move on or yield.

    Two challengers are warm-started in its own frozen space: without the clusters that lost their
    members, where there are such, and moved to where customers are now. Moving needs an inertia
    lower by the margin, more than noise to move after, and clusters that resamples bring back. The
    best of the fresh candidates needs to be more useful by the margin; where usefulness is unknown,
    to have a silhouette higher by it, in its own space (with other features: mean of its own and
    the champion's). A champion with a cluster below 5 % yields to a fresh candidate without
    a margin.

    Parameters
    ----------
    champion : Candidate
        The segmentation in force.
    fresh : Candidate or None
        The best candidate fitted from scratch, where one is good enough.
    samples : Samples
        The customers.
    margin : float
        Share by which a challenger has to be better, the var challenger_margin.

    Returns
    -------
    winner : Candidate
        The champion where it stays, else what replaces it.
    contenders : list of Candidate
        The champion and its challengers, each with metrics and a reason.
    """
    points, _ = champion.space.place(samples.now)
    earlier = place_earlier(samples, champion.space)
    _measure_in_place(champion, samples, points, earlier)
    contenders, best = [champion], champion
    alive = np.flatnonzero(champion.clustering.shares(points) >= EMPTY_SHARE)
    if 2 <= len(alive) < champion.count:
        remaining = champion.clustering.keep(alive)
        best = _move(champion, remaining, samples, points, earlier, variant="_without_lost")
        best.reason = f"{champion.count - len(alive)} of the clusters in force lost their members."
        contenders.append(best)
    moved = _move(champion, best.clustering, samples, points, earlier)
    inertia, before = moved.metrics["inertia"], best.metrics["inertia"]
    compared = f"inertia {inertia:.4g} against {before:.4g}, less by {1 - inertia / before:.1%}"
    if inertia > (1 - margin) * before or moved.metrics["smallest_share"] < SMALLEST_SHARE:
        moved.reason = f"Not chosen: {compared}; {margin:.0%} are asked for."
    else:
        hold_against_null(moved, samples.seed)
        if not moved.problem:
            # from scratch: warm starts come back to where they began, whatever customers are like
            hold_against_resamples(moved, samples.seed)
        if moved.problem:
            moved.reason = f"Refused: {moved.problem}."
        else:
            moved.reason = f"Customers have moved: {compared}."
            best = moved
    contenders.append(moved)
    if fresh is not None:
        winner, fresh.reason = _compare_with_fresh(best, fresh, samples, points, margin)
        best = winner
    if best is champion:
        champion.reason = "Stays: no challenger is better by the margin."
        return champion, contenders
    if best is not fresh:
        best.reason = f"Takes over with the personas it had: {best.reason}"
        if best is not moved:
            hold_against_null(best, samples.seed)
            hold_against_resamples(best, samples.seed)
    for each in contenders:
        if each is not best and not each.reason.startswith(("Not chosen", "Refused")):
            each.reason = f"Yields to {best.model_id}. {each.reason}".strip()
    return best, contenders


def _move(
    champion: Candidate,
    clustering: Clustering,
    samples: Samples,
    points: np.ndarray,
    earlier: tuple[np.ndarray, Outcomes] | None,
    variant: str = "",
) -> Candidate:
    """Let clusters move to where customers are now, in the champion's own space."""
    moved = warm_start(clustering, points)
    challenger = Candidate("challenger", champion.space, moved, moved.count, points, variant)
    _measure_in_place(challenger, samples, points, earlier)
    return challenger


def _measure_in_place(
    candidate: Candidate,
    samples: Samples,
    points: np.ndarray,
    earlier: tuple[np.ndarray, Outcomes] | None,
) -> None:
    labels = candidate.clustering.labels(points)
    candidate.metrics |= measure_cheaply(points, labels)
    # around its own centres, not around the means of who is there now
    centers = candidate.clustering.centers[labels]
    candidate.metrics["inertia"] = float(((points - centers) ** 2).sum())
    # clusters without members count: their shape is that of those that are there
    candidate.metrics["smallest_share"] = float(candidate.clustering.shares(points).min())
    # judged like the fresh ones: the method, not the frozen clusters, which today has shaped
    candidate.metrics |= measure_method(earlier, candidate.algorithm, candidate.count, samples.seed)


def _compare_with_fresh(
    best: Candidate, fresh: Candidate, samples: Samples, points: np.ndarray, margin: float
) -> tuple[Candidate, str]:
    if "usefulness" in best.metrics and "usefulness" in fresh.metrics:
        metric, now, new = "usefulness", best.metrics["usefulness"], fresh.metrics["usefulness"]
    else:
        fresh_points, _ = fresh.space.place(samples.now)
        # today's space sees what the frozen one was not made for; other features favour the groups
        # that were made of them
        has_same_features = fresh.space.encoding.features == best.space.encoding.features
        spaces = [fresh_points] if has_same_features else [fresh_points, points]
        labelings = (best.clustering.labels(points), fresh.clustering.labels(fresh_points))
        metric = "silhouette"
        now, new = (
            float(np.mean([quality.measure_silhouette(each, labels) for each in spaces]))
            for labels in labelings
        )
    small = best.metrics["smallest_share"] < SMALLEST_SHARE
    compared = f"{metric} {new:.3f} against {now:.3f} of the personas in force"
    if small:
        return fresh, f"Takes over: a persona in force is below {SMALLEST_SHARE:.0%}; {compared}."
    if new >= now + margin * abs(now):
        return fresh, f"Takes over: {compared}, better by {margin:.0%} at least."
    return best, f"Not chosen: {compared}; better by {margin:.0%} is asked for."
