"""How each persona differs from everybody, feature by feature, measured in the engine."""

import math

import duckdb

from customer_personas.learning.encoding import LARGEST, catalog_rows
from customer_personas.sql_text import identifier, literal, number


def measure_traits(
    features: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
) -> duckdb.DuckDBPyRelation:
    """Describe each persona by each numeric or boolean feature.

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
    duckdb.DuckDBPyRelation
        One row per persona and feature: persona_id, feature_name, known_count (members with a
        value), mean and median (of the members, in the feature's unit), overall_mean and
        overall_median (of all personas' members), z_score (mean of the members less the overall
        mean, in overall standard deviations, on the scale that segmentation uses). Means are of
        values winsorised to the 1st and 99th percentile of all members, so that one giant order
        does not speak for a persona; null where nobody has a value. Features that nobody has are
        left out.
    """
    described = [
        row
        for row in catalog_rows(features, catalog)
        if row["value_type"] in ("numeric", "boolean")
    ]
    names = [identifier(row["feature_name"]) for row in described]
    members = features.set_alias("features").join(
        memberships.set_alias("memberships"), "features.customer_id = memberships.customer_id"
    )
    members = members.project(
        ", ".join(["memberships.persona_id", *(f"features.{name} as {name}" for name in names)])
    )
    bounds = _bounds(members, names)
    known = [(row, bounds[name]) for row, name in zip(described, names, strict=True)]
    measures = [_measure_sql(row, *each) for row, each in known if each[0] is not None]
    return members.query("members", _traits_sql(measures) if measures else _NO_TRAITS)


def _bounds(members: duckdb.DuckDBPyRelation, names: list[str]) -> dict[str, tuple]:
    """Give the 1st and 99th percentile of each feature; None where nobody has a value."""
    values = {name: f"cast({name} as double)" for name in names}
    quantiles = [
        f"quantile_disc(case when abs({values[name]}) < {LARGEST} then {values[name]} end, {share})"
        for name in names
        for share in (0.01, 0.99)
    ]
    if not quantiles:
        return {}
    (values,) = members.aggregate(", ".join(quantiles)).fetchall()
    return dict(zip(names, zip(values[::2], values[1::2], strict=True), strict=True))


def _traits_sql(measures: list[str]) -> str:
    listed = ",\n".join(measures)
    return f"""with figures as materialized (
    -- one scan: each persona's row of figures, and everybody's (persona_id is null)
    select
        persona_id,
        unnest([
{listed}
        ], recursive := true)
    from members
    group by grouping sets ((persona_id), ())
)

select
    figures.persona_id,
    figures.feature_name,
    figures.known_count,
    figures.mean,
    figures.median,
    overall.mean as overall_mean,
    overall.median as overall_median,
    (figures.scaled_mean - overall.scaled_mean) / nullif(
        sqrt(greatest(overall.scaled_square_mean - power(overall.scaled_mean, 2), 0)), 0
    ) as z_score
from figures
inner join figures as overall
    on figures.feature_name = overall.feature_name and overall.persona_id is null
where figures.persona_id is not null"""


def _measure_sql(row: dict, low: float, high: float) -> str:
    name = identifier(row["feature_name"])
    value = f"least(greatest(cast({name} as double), {number(low)}), {number(high)})"
    # the scale of the fit: long tails shortened, so that a few giants do not decide what is typical
    log = row["transform"] == "log1p"
    scaled = f"sign({value}) * ln(1 + abs({value}))" if log else value
    least, most = (math.copysign(math.log1p(abs(x)), x) if log else x for x in (low, high))
    # from 0 to 1 between the bounds: the z-score is the same, and no square outgrows its decimal
    scaled = f"least(greatest(({scaled} - {number(least)}) / {number(most - least or 1.0)}, 0), 1)"
    # least and greatest pass over nulls: an unknown value must stay unknown
    value = f"case when {name} is not null then {value} end"
    scaled = f"case when {name} is not null then cast({scaled} as decimal(9, 8)) end"
    # 28 digits for a value leave 10 of a decimal's 38 for the number of customers in a sum
    digits = 1 + math.floor(math.log10(max(abs(low), abs(high), 1)))
    exact = f"decimal(38, {min(6, max(0, 28 - digits))})"
    return f"""            {{
                'feature_name': {literal(row["feature_name"])},
                'known_count': count({name}),
                'mean': {_mean(f"cast({value} as {exact})", name)},
                'median': median(cast({name} as double)),
                'scaled_mean': {_mean(scaled, name)},
                'scaled_square_mean': {_mean(f"{scaled} * {scaled}", name)}
            }}"""


def _mean(expression: str, name: str) -> str:
    """Write a mean over exact decimals: the same in every run, whatever the number of threads."""
    return f"cast(sum({expression}) as double) / nullif(count({name}), 0)"


_NO_TRAITS = """
    select
        persona_id,
        '' as feature_name,
        0 as known_count,
        0e0 as mean,
        0e0 as median,
        0e0 as overall_mean,
        0e0 as overall_median,
        0e0 as z_score
    from members
    where false
"""
