"""The champion in force against what could take its place: it yields by a margin only."""

import json
from typing import Any

import numpy as np

from customer_personas.segmentation import quality
from customer_personas.segmentation.clusterings import Clustering, warm_start
from customer_personas.segmentation.selection import (
    SMALLEST_SHARE,
    Candidate,
    Company,
    compare_with_noise,
    measure_stability,
    place_earlier,
    usefulness_of_method,
)
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
    parameters = json.loads(row["parameters"])
    if row["role"] == "fallback":
        return None
    clustering = Clustering.from_dict(parameters["clustering"])
    return Candidate(
        "champion",
        Space.from_dict(parameters["space"]),
        clustering,
        clustering.count,
        jaccards=json.loads(row["jaccards"] or "[]"),
    )


def challenge(
    champion: Candidate, fresh: Candidate | None, company: Company, margin: float
) -> tuple[Candidate, list[Candidate]]:
    """Let the champion move on or yield.

    Two challengers are warm-started in its own frozen space: without the clusters that lost their
    members, where there are such, and moved to where customers are now. Moving needs an inertia
    lower by the margin, more than noise to move after, and clusters that resamples bring back. The
    best of the fresh candidates needs to be more useful by the margin; where usefulness is unknown,
    to have a silhouette higher by it, in its own space (for another set of features: mean of its
    own and the champion's). A champion with a cluster below 5 % yields to a fresh candidate without
    a margin.

    Parameters
    ----------
    champion : Candidate
        The segmentation in force.
    fresh : Candidate or None
        The best candidate fitted from scratch, where one is good enough.
    company : Company
        The samples.
    margin : float
        Share by which a challenger has to be better, the var challenger_margin.

    Returns
    -------
    winner : Candidate
        The champion where it stays, else what replaces it.
    contenders : list of Candidate
        The champion and its challengers, each with figures and a reason.
    """
    points, _ = champion.space.points(company.now)
    earlier = place_earlier(company, champion.space)
    _measure_in_place(champion, company, points, earlier)
    contenders, best = [champion], champion
    alive = np.flatnonzero(champion.clustering.shares(points) >= EMPTY_SHARE)
    if 2 <= len(alive) < champion.count:
        best = _warm_started(champion, champion.clustering.keep(alive), company, points, earlier)
        best.reason = f"{champion.count - len(alive)} of the clusters in force lost their members."
        contenders.append(best)
    moved = _warm_started(champion, best.clustering, company, points, earlier)
    inertia, before = moved.figures["inertia"], best.figures["inertia"]
    compared = f"inertia {inertia:.4g} against {before:.4g}, less by {1 - inertia / before:.1%}"
    if inertia > (1 - margin) * before or moved.figures["smallest_share"] < SMALLEST_SHARE:
        moved.reason = f"Not chosen: {compared}; {margin:.0%} are asked for."
    else:
        compare_with_noise(moved, company, points)
        if not moved.problem:
            # from scratch: warm starts come back to where they began, whatever customers are like
            measure_stability(moved, points, company.seed)
        if moved.problem:
            moved.reason = f"Refused: {moved.problem}."
        else:
            moved.reason = f"Customers have moved: {compared}."
            best = moved
    contenders.append(moved)
    if fresh is not None:
        winner, compared = _compare_with_fresh(best, fresh, company, points, margin)
        fresh.reason = compared
        best = winner
    if best is champion:
        champion.reason = "Stays: no challenger is better by the margin."
    elif best is not fresh:
        best.reason = f"Takes over with the personas it had: {best.reason}"
        if best is not moved:
            compare_with_noise(best, company, points)
            measure_stability(best, points, company.seed)
    return best, contenders


def _warm_started(champion, clustering, company: Company, points, earlier) -> Candidate:
    moved = warm_start(clustering, points)
    challenger = Candidate("challenger", champion.space, moved, moved.count)
    _measure_in_place(challenger, company, points, earlier)
    return challenger


def _measure_in_place(candidate: Candidate, company: Company, points: np.ndarray, earlier) -> None:
    labels = candidate.clustering.labels(points)
    candidate.figures |= quality.shape(points, labels)
    # around its own centres, not around the means of who is there now
    centers = candidate.clustering.centers[labels]
    candidate.figures["inertia"] = float(((points - centers) ** 2).sum())
    # clusters without members count: shape knows only those that are there
    candidate.figures["smallest_share"] = float(candidate.clustering.shares(points).min())
    candidate.figures["surrogate_fidelity"] = quality.surrogate_fidelity(points, labels)
    # judged like the fresh ones: the method, not the frozen clusters, which today has shaped
    candidate.figures |= usefulness_of_method(
        company, earlier, candidate.algorithm, candidate.count
    )


def _compare_with_fresh(
    best: Candidate, fresh: Candidate, company: Company, points: np.ndarray, margin: float
) -> tuple[Candidate, str]:
    if "usefulness" in best.figures and "usefulness" in fresh.figures:
        figure, now, new = "usefulness", best.figures["usefulness"], fresh.figures["usefulness"]
    else:
        fresh_points, _ = fresh.space.points(company.now)
        # today's space sees what the frozen one was not made for; features of another set favour
        # the groups that were made of them
        is_same_set = fresh.space.feature_set == best.space.feature_set
        spaces = [fresh_points] if is_same_set else [fresh_points, points]
        labelings = (best.clustering.labels(points), fresh.clustering.labels(fresh_points))
        figure = "silhouette"
        now, new = (
            float(np.mean([quality.silhouette(each, labels) for each in spaces]))
            for labels in labelings
        )
    small = best.figures["smallest_share"] < SMALLEST_SHARE
    compared = f"{figure} {new:.3f} against {now:.3f} of the personas in force"
    if small:
        return fresh, f"Takes over: a persona in force is below {SMALLEST_SHARE:.0%}; {compared}."
    if new >= now + margin * abs(now):
        return fresh, f"Takes over: {compared}, better by {margin:.0%} at least."
    return best, f"Not chosen: {compared}; better by {margin:.0%} is asked for."
