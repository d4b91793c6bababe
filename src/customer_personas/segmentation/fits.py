"""A fit of personas: candidates, the champion's challengers, and the one that is in force then."""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from sklearn import config_context

from customer_personas.segmentation.candidates import (
    NARROWED,
    SCHEMA,
    Candidate,
    find_candidates,
    fit_spaces,
    narrow_spaces,
)
from customer_personas.segmentation.challenge import challenge, read_champion
from customer_personas.segmentation.samples import Samples, read_samples
from customer_personas.segmentation.selection import (
    choose,
    explain,
    explain_refusal,
    judge_gaps,
)
from customer_personas.segmentation.stand_ins import make_stand_in


# inputs are numbers without gaps, and settings are our own: no need to look each time
@config_context(assume_finite=True, skip_parameter_validation=True)
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
        The row of the champion in force, where it can still be scored and settings allow it.
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
        One row per candidate, challenger and stand-in, with all metrics measured; exactly one is
        the champion. ``scoring_sql`` is a SELECT over a relation ``features`` with one row per
        customer; `scoring` says what it gives. It is null for candidates that could not be chosen
        and so were not fitted.
    """
    samples = read_samples(
        features,
        catalog,
        later_purchases,
        observation_date=observation_date,
        seed=seed,
        sample_size=sample_size,
        progress=progress,
    )
    candidates, fresh = _search(samples, feature_sets, fewest, most)
    winner = fresh
    stand_in = make_stand_in(samples, rfm_rules)
    contenders: list[Candidate] = []
    in_force = read_champion(champion) if champion else None
    if in_force is not None:
        winner, contenders = challenge(in_force, fresh, samples, margin)
    explain(candidates, fresh)
    refusal = explain_refusal(candidates, samples)
    if winner is None:
        winner = stand_in
        stand_in.reason = f"Stands in for personas: {refusal}"
    elif winner is in_force and fresh is None:
        winner.reason = f"Stays: nothing fitted afresh can be trusted. {refusal}"
    elif winner is not in_force:
        judge_gaps(winner, seed)
    stand_in.reason = stand_in.reason or "The baseline to beat; stands in where nothing holds."
    winner.is_champion = True
    progress(winner.reason)
    customer_count = samples.count_customers()
    rows = [each.to_row(customer_count) for each in [*contenders, *candidates, stand_in]]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _search(
    samples: Samples, feature_sets: duckdb.DuckDBPyRelation, fewest: int, most: int
) -> tuple[list[Candidate], Candidate | None]:
    """Try all features, then those alone that tell groups apart; then so with fewer personas."""
    spaces = {"": fit_spaces(samples, feature_sets)}
    candidates: list[Candidate] = []
    for k_values in (range(fewest, most + 1), range(2, fewest)):
        for variant in ("", NARROWED):
            if variant not in spaces:
                spaces[variant] = narrow_spaces(samples, spaces[""], most)
            found = find_candidates(samples, spaces[variant], k_values, variant)
            # HDBSCAN finds the same clusters again: what is said of them now holds
            again = {each.model_id for each in found}
            candidates = [each for each in candidates if each.model_id not in again] + found
            if fresh := choose(found, samples, k_values):
                return candidates, fresh
    return candidates, None
