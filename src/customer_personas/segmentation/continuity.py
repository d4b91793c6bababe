"""Keeps the segmentation in force over builds, so that a persona means the same tomorrow."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.features import drift
from customer_personas.features.steps import take_steps, unpublished_numbers
from customer_personas.segmentation import candidates
from customer_personas.segmentation.gaps import SMALLEST_GAP
from customer_personas.segmentation.matching import EVENT, match_personas
from customer_personas.sql import literal, query

_OF_CANDIDATES_ONLY = ("jaccards", "gaps", "is_champion", "reason")
_FROM_FIT = [each for each in candidates.SCHEMA if each.name not in _OF_CANDIDATES_ONLY]

# The persona of a cluster: its number is the place in the list.
PERSONA = pa.struct(
    [
        ("persona_id", pa.string()),
        ("persona_name", pa.string()),
        ("customer_share", pa.float64()),
        ("jaccard", pa.float64()),
        ("gap", pa.float64()),
        ("is_apart", pa.bool_()),
    ]
)

SCHEMA = pa.schema(
    [
        ("champion_id", pa.string()),
        ("source_systems", pa.string()),
        ("fitted_on", pa.date32()),
        ("checked_on", pa.date32()),
        *_FROM_FIT,
        ("personas", pa.list_(PERSONA)),
        ("feature_profiles", pa.list_(drift.PROFILE)),
        ("lifecycle", pa.list_(EVENT)),
        ("reason", pa.string()),
        ("status", pa.string()),
        ("settings", pa.string()),
    ]
)


def write_persona(personas: list[dict[str, Any]], cluster: str = "cluster") -> str:
    """Write the persona of a cluster as SQL.

    Parameters
    ----------
    personas : list of dict
        The persona of each cluster, with its persona_id.
    cluster : str
        Column of the cluster's number.

    Returns
    -------
    str
        A CASE; null where the cluster is null.
    """
    cases = (f"when {n} then {literal(each['persona_id'])}" for n, each in enumerate(personas))
    return f"case {cluster} {' '.join(cases)} end"


def score_memberships(
    features: duckdb.DuckDBPyRelation, champion: dict[str, Any], unpublished: Collection[str] = ()
) -> duckdb.DuckDBPyRelation:
    """Put customers into the personas of a champion.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer.
    champion : dict
        Its row.
    unpublished : collection of str
        Numbers that are published of nobody, of which scores know the step only.

    Returns
    -------
    duckdb.DuckDBPyRelation
        customer_id and persona_id.
    """
    told = take_steps(features, unpublished)
    scores = query(told, "features", champion["scoring_sql"])
    return scores.project(f"customer_id, {write_persona(champion['personas'])} as persona_id")


def keep_champion(
    champion: dict[str, Any], status: str, settings: str, checked_on: date
) -> pa.Table:
    """Leave the champion in force.

    Parameters
    ----------
    champion : dict
        Its row.
    status : str
        Why it stays.
    settings : str
        What decides on personas today.
    checked_on : datetime.date
        When it was last held against challengers.

    Returns
    -------
    pyarrow.Table
        The row with the status of today.
    """
    return pa.Table.from_pylist(
        [champion | {"status": status, "settings": settings, "checked_on": checked_on}],
        schema=SCHEMA,
    )


def crown_champion(
    fit: dict[str, Any],
    customers: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    logged: duckdb.DuckDBPyRelation,
    *,
    living: list[str],
    prefix: str = "P",
    champion_id: str,
    next_persona_number: int,
    as_of_date: date,
    source_systems: str,
    settings: str,
    cause: str,
) -> pa.Table:
    """Put a fitted segmentation in force, its clusters matched to the living personas.

    Parameters
    ----------
    fit : dict
        The row of the fit.
    customers : duckdb.DuckDBPyRelation
        Features of all customers, one row each.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    memberships : duckdb.DuckDBPyRelation
        customer_id and persona_id: who would be in which living persona today.
    logged : duckdb.DuckDBPyRelation
        The same of the last build: of a persona that has lost its members today, it tells where
        these went.
    living : list of str
        All living personas, those that lost their members included.
    prefix : str
        Letter of the ids of personas that are born.
    champion_id : str
        Id of the new champion.
    next_persona_number : int
        Number of the next persona to be born.
    as_of_date : datetime.date
        The date of the fit.
    source_systems : str
        The active source systems: personas of one company say nothing about another.
    settings : str
        What decides on what personas may be.
    cause : str
        Why it was fitted.

    Returns
    -------
    pyarrow.Table
        The row of the new champion. ``personas`` lists the persona of each cluster, and
        ``lifecycle`` what became of every persona, with figures.
    """
    told = take_steps(customers, unpublished_numbers(catalog))
    clusters = query(told, "features", fit["scoring_sql"]).project("customer_id, cluster")
    counts = clusters.aggregate("cluster, count(*) as members", "cluster").fetchall()
    sizes = np.zeros(fit["cluster_count"], dtype=int)
    for cluster, members in counts:
        sizes[cluster] = members
    shared, sizes_before = _shared_members(clusters, memberships, living, len(sizes))
    shared_then, sizes_then = _shared_members(clusters, logged, living, len(sizes))
    emptied = sizes_before == 0
    shared[emptied], sizes_before[emptied] = shared_then[emptied], sizes_then[emptied]
    matching = match_personas(
        shared,
        sizes_before,
        sizes,
        living,
        next_persona_number,
        prefix,
    )
    # what stands in for personas has names of its own
    names = json.loads(fit["parameters"]).get("segments") or [None] * len(sizes)
    if fit["algorithm"] == "everybody":
        names = ["All Customers"]
    shares = sizes / max(1, sizes.sum())
    unknown = [None] * len(sizes)
    jaccards, gaps = fit["jaccards"] or unknown, fit["gaps"] or unknown
    are_apart = [each if each is None else each >= SMALLEST_GAP for each in gaps]
    figures = (matching.persona_ids, names, shares.tolist(), jaccards, gaps, are_apart)
    personas = [dict(zip(PERSONA.names, each, strict=True)) for each in zip(*figures, strict=True)]
    scored = customers.set_alias("customers").join(
        clusters.set_alias("clusters"), "customers.customer_id = clusters.customer_id", how="semi"
    )
    row = {each.name: fit[each.name] for each in _FROM_FIT} | {
        "champion_id": champion_id,
        "source_systems": source_systems,
        "fitted_on": as_of_date,
        "checked_on": as_of_date,
        "personas": personas,
        "feature_profiles": drift.profile_features(scored, catalog, fit["features"]),
        "lifecycle": matching.events,
        "reason": fit["reason"],
        "status": f"Fitted as of {as_of_date}: {cause}. {fit['reason']}",
        "settings": settings,
    }
    return pa.Table.from_pylist([row], schema=SCHEMA)


def _shared_members(
    clusters: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    living: list[str],
    cluster_count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the customers that each living persona and each cluster share, and each persona has."""
    listed = ", ".join(literal(persona) for persona in living) or "null"
    memberships = memberships.filter(f"persona_id in ({listed})")
    sizes = dict(memberships.aggregate("persona_id, count(*) as members", "persona_id").fetchall())
    shared = np.zeros((len(living), cluster_count), dtype=int)
    both = clusters.set_alias("clusters").join(
        memberships.set_alias("memberships"), "clusters.customer_id = memberships.customer_id"
    )
    counted = both.aggregate("persona_id, cluster, count(*) as customers", "persona_id, cluster")
    for persona, cluster, customers in counted.fetchall():
        shared[living.index(persona), cluster] = customers
    return shared, np.array([sizes.get(persona, 0) for persona in living], dtype=int)
