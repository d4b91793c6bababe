"""How each persona differs from everybody, feature by feature, measured in the engine."""

import duckdb

from customer_personas.encoding import catalog_rows
from customer_personas.sql_scoring import identifier, literal

# Sums of exact decimals are the same in every run, whatever the number of threads.
_EXACT = "decimal(38, 6)"


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
        mean, in overall standard deviations, on the scale that segmentation uses). Means are
        null where nobody has a value. Features that nobody has are left out.
    """
    described = [
        row for row in catalog_rows(features, catalog) if row["value_type"] in ("numeric", "boolean")
    ]
    counts = ", ".join(f"count({identifier(row['feature_name'])})" for row in described)
    (known,) = features.aggregate(counts or "0").fetchall()
    described = [row for row, count in zip(described, known, strict=False) if count > 0]
    if not described:
        return memberships.query("memberships", _NO_TRAITS)
    names = [identifier(row["feature_name"]) for row in described]
    members = features.set_alias("features").join(
        memberships.set_alias("memberships"),
        "features.customer_id = memberships.customer_id",
    ).project(", ".join(["memberships.persona_id", *(f"features.{name}" for name in names)]))
    return members.query("members", "\nunion all\n".join(map(_trait_sql, described)))


def _trait_sql(row: dict) -> str:
    name = identifier(row["feature_name"])
    value = f"cast(cast({name} as double) as {_EXACT})"
    # the scale of the fit: long tails shortened, so that a few giants do not decide what is typical
    scaled = f"sign({name}) * ln(1 + abs({name}))" if row["transform"] == "log1p" else name
    return f"""
    select
        persona_id,
        {literal(row["feature_name"])} as feature_name,
        known_count,
        cast(total as double) / nullif(known_count, 0) as mean,
        median,
        cast(overall_total as double) / nullif(overall_known_count, 0) as overall_mean,
        overall_median,
        (
            cast(scaled_total as double) / nullif(known_count, 0)
            - cast(overall_scaled_total as double) / nullif(overall_known_count, 0)
        ) / nullif(sqrt(greatest(
            cast(overall_squared_total as double) / nullif(overall_known_count, 0)
            - power(cast(overall_scaled_total as double) / nullif(overall_known_count, 0), 2),
            0
        )), 0) as z_score
    from (
        select
            persona_id,
            count({name}) as known_count,
            sum({value}) as total,
            median(cast({name} as double)) as median,
            sum(scaled) as scaled_total
        from (select *, cast(cast({scaled} as double) as decimal(18, 6)) as scaled from members)
        group by persona_id
    )
    cross join (
        select
            count({name}) as overall_known_count,
            sum({value}) as overall_total,
            median(cast({name} as double)) as overall_median,
            sum(scaled) as overall_scaled_total,
            sum(cast(scaled * scaled as {_EXACT})) as overall_squared_total
        from (select *, cast(cast({scaled} as double) as decimal(18, 6)) as scaled from members)
    )
    """


_NO_TRAITS = """
    select
        persona_id,
        '' as feature_name,
        0 as known_count,
        0.0 as mean,
        0.0 as median,
        0.0 as overall_mean,
        0.0 as overall_median,
        0.0 as z_score
    from memberships
    where false
"""
