"""How each persona differs from everybody, feature by feature, measured in the engine."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.features.catalog import read_catalog
from customer_personas.features.inputs import write_scale
from customer_personas.features.statistics import (
    MAX_LEVELS,
    RARE_SHARE,
    measure_columns,
    split_columns,
)
from customer_personas.sql import double, identifier, literal, query


def measure_traits(
    features: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
) -> pa.Table:
    """Describe each persona by each feature, categories level by level.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer.
    memberships : duckdb.DuckDBPyRelation
        ``customer_id`` and ``persona_id``.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.

    Returns
    -------
    pyarrow.Table
        One row per persona and feature, or level of a category that at least 1 % of all show (20
        levels at most): persona_id, feature_name, feature_level (null but for categories),
        known_count (members with a value), mean and median (of the members, in the feature's unit;
        of a level the share), overall_mean and overall_median (of all personas' members), z_score
        (mean of the members less the overall mean, in overall standard deviations, on the scale
        that segmentation uses). Means are of values winsorised to the 1st and 99th percentile of
        all members, so that one giant order does not speak for a persona; null where nobody has a
        value. Features that nobody has are left out.
    """
    described = read_catalog(features, catalog)
    names = ", ".join(f"features.{identifier(row['feature_name'])}" for row in described)
    members = features.set_alias("features").join(
        memberships.set_alias("memberships"), "features.customer_id = memberships.customer_id"
    )
    members = members.project(f"memberships.persona_id, {names}" if names else "persona_id")
    traits = _list_traits(members, described) if described else []
    queries = [_write_traits(part) for part in split_columns(traits)]
    return pa.concat_tables(
        [query(members, "members", each).to_arrow_table() for each in queries or [_NO_TRAITS]]
    )


@dataclass(frozen=True)
class Trait:
    """A feature, or a level of one, with the value of each member in SQL.

    Parameters
    ----------
    row : dict
        The feature's row of the catalogue.
    known : str
        Expression of the value; null where it is not known.
    low, high : float
        Bounds of what counts.
    level : str, optional
        The level of a category.
    """

    row: dict[str, Any]
    known: str
    low: float
    high: float
    level: str | None = None

    def write_known(self, place: int) -> str:
        """Write the value of a member.

        Parameters
        ----------
        place : int
            Number of the trait, which the columns end in.

        Returns
        -------
        str
            A column of a select list over the members.
        """
        return f"cast({self.known} as double) as known_{place}"

    def write_bounded(self, place: int) -> str:
        """Write the value within the bounds; unknown where it is unknown.

        Parameters
        ----------
        place : int
            Number of the trait.

        Returns
        -------
        str
            A column of a select list over `write_known`.
        """
        known, low, high = f"known_{place}", double(self.low), double(self.high)
        return (
            f"case when {known} < {low} then {low} when {known} > {high} then {high} "
            f"else {known} end as bounded_{place}"
        )

    def write_values(self, place: int) -> str:
        """Write what sums are made of: the bounded value, in the unit and scaled from 0 to 1.

        Parameters
        ----------
        place : int
            Number of the trait.

        Returns
        -------
        str
            Columns of a select list over `write_bounded`.
        """
        low, high, transform = self.low, self.high, self.row["transform"]
        # the scale of the fit: long tails shortened, so that a few giants do not decide what is
        # typical; from 0 to 1 between the bounds the z-score is the same, and no square outgrows
        # its decimal
        least, most = (math.copysign(_SIZES[transform](abs(x)), x) for x in (low, high))
        scaled = f"({write_scale(transform, f'bounded_{place}')} - {double(least)})"
        # 28 digits for a value leave 10 of a decimal's 38 for the number of customers in a sum
        digits = 1 + math.floor(math.log10(max(abs(low), abs(high), 1)))
        exact = f"decimal(38, {min(6, max(0, 28 - digits))})"
        return (
            f"known_{place},\n"
            f"        cast(bounded_{place} as {exact}) as value_{place},\n"
            f"        cast({scaled} / {double(most - least or 1.0)} as decimal(9, 8)) "
            f"as scaled_{place}"
        )


def _list_traits(members: duckdb.DuckDBPyRelation, described: list[dict[str, Any]]) -> list[Trait]:
    """List what is measured: features that somebody has a value of, categories by level."""
    statistics = measure_columns(members, described, quantiles=(RARE_SHARE, 1 - RARE_SHARE))
    traits = []
    for row in described:
        name, found = identifier(row["feature_name"]), statistics[row["feature_name"]]
        if row["value_type"] == "category":
            for level, count in found.levels[:MAX_LEVELS]:
                if count >= RARE_SHARE * found.row_count:
                    known = (
                        f"case when cast({name} as varchar) = {literal(level)} "
                        f"then 1 when {name} is not null then 0 end"
                    )
                    traits.append(Trait(row, known, 0.0, 1.0, level))
        elif found.quantiles:
            low, high = found.quantiles
            traits.append(Trait(row, name, low, high))
    return traits


def _write_traits(traits: list[Trait]) -> str:
    known, bounded, values = (
        ",\n        ".join(write(each, place) for place, each in enumerate(traits))
        for write in (Trait.write_known, Trait.write_bounded, Trait.write_values)
    )
    names = [literal(each.row["feature_name"]) for each in traits]
    levels = ["null" if each.level is None else literal(each.level) for each in traits]
    squares = _write_each("cast(sum(scaled_{0} * scaled_{0}) as double)", traits)
    # in steps: an expression within another would be planned again each time it is named
    return f"""with known as (
    select
        persona_id,
        {known}
    from members
),

bounded as (
    select
        *,
        {bounded}
    from known
),

measured as (
    select
        persona_id,
        {values}
    from bounded
),

sums as materialized (
    -- one scan: each persona's row of sums, and everybody's (persona_id is null); over exact
    -- decimals, so the same in every run, whatever the number of threads
    select
        persona_id,
        unnest([{", ".join(names)}]) as feature_name,
        unnest(cast([{", ".join(levels)}] as varchar[])) as feature_level,
        unnest([{_write_each("count(known_{})", traits)}]) as known_count,
        unnest([{_write_each("cast(sum(value_{}) as double)", traits)}]) as value_sum,
        unnest([{_write_each("median(known_{})", traits)}]) as median,
        unnest([{_write_each("cast(sum(scaled_{}) as double)", traits)}]) as scaled_sum,
        unnest([{squares}]) as square_sum
    from measured
    group by grouping sets ((persona_id), ())
),

figures as (
    select
        *,
        value_sum / nullif(known_count, 0) as mean,
        scaled_sum / nullif(known_count, 0) as scaled_mean,
        square_sum / nullif(known_count, 0) as square_mean
    from sums
)

select
    figures.persona_id,
    figures.feature_name,
    figures.feature_level,
    figures.known_count,
    figures.mean,
    figures.median,
    overall.mean as overall_mean,
    overall.median as overall_median,
    (figures.scaled_mean - overall.scaled_mean) / nullif(
        sqrt(greatest(overall.square_mean - power(overall.scaled_mean, 2), 0)), 0
    ) as z_score
from figures
inner join figures as overall
    on figures.feature_name = overall.feature_name
        and figures.feature_level is not distinct from overall.feature_level
        and overall.persona_id is null
where figures.persona_id is not null"""


def _write_each(expression: str, traits: list[Trait]) -> str:
    return ", ".join(expression.format(place) for place in range(len(traits)))


_SIZES: dict[str, Callable[[float], float]] = {
    "none": abs,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
}

_NO_TRAITS = """
    select
        persona_id,
        '' as feature_name,
        '' as feature_level,
        0 as known_count,
        0e0 as mean,
        0e0 as median,
        0e0 as overall_mean,
        0e0 as overall_median,
        0e0 as z_score
    from members
    where false
"""
