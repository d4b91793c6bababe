"""The named RFM segments: what personas have to beat, and what stands in for them."""

from dataclasses import dataclass
from typing import Any

import duckdb

from customer_personas.features.catalog import read_catalog
from customer_personas.sql import identifier, number, query

QUINTILES = 5
# Score, feature, and whether a small value is the good one.
SCORES = (("r", "recency_days", True), ("f", "frequency", False), ("m", "monetary_value", False))


@dataclass(frozen=True)
class RfmSegments:
    """Segments by quintiles of recency, frequency and monetary value, frozen where they were.

    Parameters
    ----------
    bounds : dict
        For each of r, f and m the values at which the scores 2 to 5 begin.
    rules : list of dict
        The rules: rfm_segment, and r_min to m_max.
    """

    bounds: dict[str, list[float]]
    rules: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """Names of the segments; a segment's number is its place here."""
        return list(dict.fromkeys(rule["rfm_segment"] for rule in self.rules))

    def write_assignment(self, population: str) -> str:
        """Write the assignment as a SELECT over ``features``.

        Parameters
        ----------
        population : str
            SQL condition on the customers to score.

        Returns
        -------
        str
            The columns of `scoring.write_assignment`, without distances and a second cluster:
            a rule has no border to measure.
        """
        scores = ",\n        ".join(
            f"{self._write_score(score, feature, is_less)} as {score}_score"
            for score, feature, is_less in SCORES
        )
        cases = "\n        ".join(
            f"when {_write_rule(rule)} then {self.names.index(rule['rfm_segment'])}"
            for rule in self.rules
        )
        return f"""with scores as (
    select
        customer_id,
        {scores}
    from features
    where {population}
),

segments as (
    select
        customer_id,
        case
        {cases}
        end as cluster
    from scores
)

select
    customer_id,
    cast(cluster as integer) as cluster,
    cast(null as double) as distance,
    cast(null as integer) as second_cluster,
    cast(null as double) as second_distance,
    cast(null as double) as confidence
from segments
where cluster is not null"""

    def _write_score(self, score: str, feature: str, is_less: bool) -> str:
        operator = "<=" if is_less else ">="
        column = identifier(feature)
        steps = [f"({column} {operator} {number(bound)})::int" for bound in self.bounds[score]]
        return " + ".join(["1", *steps])


def fit_rfm_segments(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    rules: duckdb.DuckDBPyRelation,
) -> RfmSegments | None:
    """Find the quintiles of recency, frequency and monetary value.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        The customers to score.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    rules : duckdb.DuckDBPyRelation
        The rules of the segments, the seed rfm_segments.

    Returns
    -------
    RfmSegments or None
        The segments; None where one of the three features is not there or nobody has a value. Equal
        values get equal scores: a score begins at the first value that so many fifths of the
        customers lie before.
    """
    there = {row["feature_name"] for row in read_catalog(features, catalog)}
    if not {feature for _, feature, _ in SCORES} <= there:
        return None
    bounds = {}
    for score, feature, is_less in SCORES:
        column, order = identifier(feature), "desc" if is_less else "asc"
        first = "max" if is_less else "min"
        found = query(
            features,
            "features",
            f"""
            with ranked as (
                select cast({column} as double) as value,
                    percent_rank() over (order by {column} {order}) as place
                from features where {column} is not null
            )
            select {
                ", ".join(
                    f"{first}(case when place >= {number(step / QUINTILES)} then value end)"
                    for step in range(1, QUINTILES)
                )
            }
            from ranked
            """,
        ).fetchall()[0]
        if found[0] is None and found[-1] is None:
            return None
        # no value lies so far: nobody has the score, now or later
        beyond = -1e300 if is_less else 1e300
        bounds[score] = [beyond if bound is None else bound for bound in found]
    return RfmSegments(bounds, rules.to_arrow_table().to_pylist())


def _write_rule(rule: dict[str, Any]) -> str:
    return " and ".join(
        f"{score}_score between {rule[f'{score}_min']} and {rule[f'{score}_max']}"
        for score, *_ in SCORES
    )
