"""A fit of personas: candidates, the champion's challengers, and the one that is in force then."""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.segmentation.challenge import challenge, read_champion
from customer_personas.segmentation.selection import (
    SCHEMA,
    USEFULNESS_TOLERANCE,
    Candidate,
    Company,
    choose,
    fallback,
    find_candidates,
    read_company,
)


def fit_personas(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    feature_sets: duckdb.DuckDBPyRelation,
    rfm_rules: duckdb.DuckDBPyRelation,
    later_purchases: duckdb.DuckDBPyRelation,
    *,
    champion: dict[str, Any] | None,
    observation_date: date,
    seed: int,
    fewest: int,
    most: int,
    margin: float,
    sample_size: int,
    progress: Callable[[str], None] = lambda line: None,
) -> pa.Table:
    """Group customers in many ways, and choose one or none.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    feature_sets : duckdb.DuckDBPyRelation
        feature_set and family, the seed segmentation_feature_sets.
    rfm_rules : duckdb.DuckDBPyRelation
        The seed rfm_segments.
    later_purchases : duckdb.DuckDBPyRelation
        What was bought within the horizon after the newest complete grid date.
    champion : dict or None
        The row of the champion in force that can still be scored.
    observation_date : datetime.date
        The date to group customers on.
    seed : int
        Seed of the sample and of the fits.
    fewest, most : int
        Numbers of personas to try; fewer than `fewest` only where none of these holds.
    margin : float
        Share by which a challenger has to be better than the champion.
    sample_size : int
        Largest number of customers to fit on.
    progress : callable
        Takes a line that says what is being done.

    Returns
    -------
    pyarrow.Table
        One row per candidate, challenger and stand-in, with all figures measured; exactly one is
        the champion. ``scoring_sql`` is a SELECT over a relation ``features`` with one row per
        customer; `clustering_sql` says what it gives.
    """
    company = read_company(
        features,
        catalog,
        later_purchases,
        observation_date=observation_date,
        seed=seed,
        sample_size=sample_size,
        progress=progress,
    )
    candidates = find_candidates(company, feature_sets, k_values=range(fewest, most + 1))
    winner = fresh = choose(candidates, company)
    if fresh is None:
        smaller = find_candidates(company, feature_sets, k_values=range(2, fewest))
        winner = fresh = choose(smaller, company)
        candidates += smaller
    stand_in = fallback(company, rfm_rules)
    contenders: list[Candidate] = []
    in_force = read_champion(champion) if champion else None
    if in_force is not None:
        winner, contenders = challenge(in_force, fresh, company, margin)
    _explain(candidates, fresh, company)
    refused = refusal(candidates, company)
    if winner is None:
        winner = stand_in
        stand_in.reason = f"Stands in for personas: {refused}"
    elif winner is in_force and fresh is None:
        winner.reason = f"Stays: nothing fitted afresh can be trusted. {refused}"
    stand_in.reason = stand_in.reason or "The baseline to beat; stands in where nothing holds."
    winner.is_champion = True
    progress(f"{winner.reason}")
    ((customers,),) = company.now.aggregate("count(*)").fetchall()
    rows = [each.row(customers) for each in [*contenders, *candidates, stand_in]]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def refusal(candidates: list[Candidate], company: Company) -> str:
    """Say why no candidate can be trusted, with the figures of the best try.

    Parameters
    ----------
    candidates : list of Candidate
        All that were tried.
    company : Company
        The samples.

    Returns
    -------
    str
        One sentence or two.
    """
    if not candidates:
        ((customers,),) = company.now.aggregate("count(*)").fetchall()
        return (
            f"{customers} customers and the features known of them give no two features to group "
            "by with five customers per cluster."
        )
    examined = [each for each in candidates if "inertia_to_shuffled" in each.figures]
    closest = max(
        examined or candidates,
        key=lambda each: (
            each.figures.get("smallest_jaccard", -1.0),
            each.figures.get("silhouette_over_shuffled", -1.0),
        ),
    )
    return (
        f"None of {len(candidates)} candidates holds. The one that came closest "
        f"({closest.space.feature_set}, {closest.algorithm}, {closest.count} clusters): "
        f"{closest.problem or 'not among those bootstrapped'}."
    )


def _explain(candidates: list[Candidate], fresh: Candidate | None, company: Company) -> None:
    for each in candidates:
        if each.problem:
            each.reason = f"Refused: {each.problem}."
        elif each is fresh and not each.reason:
            each.reason = (
                f"Chosen: {_merit(each)}; resamples bring back each cluster with a mean Jaccard "
                f"similarity of {each.figures['smallest_jaccard']:.2f} at least; inertia is "
                f"{each.figures['inertia_to_shuffled']:.2f} of that of reshuffled columns, "
                f"silhouette {each.figures['silhouette_over_shuffled']:+.2f} over theirs."
            )
        elif each is not fresh and fresh is not None:
            each.reason = (
                f"Not chosen: {_merit(each)} against {_merit(fresh)} of the one chosen"
                + ("; as good, but less simple." if _is_as_good(each, fresh) else ".")
            )
        elif fresh is None:
            each.reason = "Not chosen: not among those bootstrapped."


def _merit(candidate: Candidate) -> str:
    if "usefulness" in candidate.figures:
        return f"usefulness {candidate.figures['usefulness']:.3f}"
    return f"silhouette {candidate.figures['silhouette']:.3f}"


def _is_as_good(candidate: Candidate, fresh: Candidate) -> bool:
    figure = "usefulness" if "usefulness" in fresh.figures else "silhouette"
    return candidate.figures.get(figure, -1.0) >= (1 - USEFULNESS_TOLERANCE) * fresh.figures[figure]
