"""How the features of today's customers differ from those that personas were fitted on."""

import math
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.features.catalog import read_catalog
from customer_personas.features.statistics import MAX_LEVELS, measure_columns, write_measurement
from customer_personas.sql import identifier, literal, number

# An empty bin counts as this share: the logarithm of zero would drown everything else.
LEAST_SHARE = 0.001
DECILES = [step / 10 for step in range(1, 10)]

PROFILE = pa.struct(
    [
        ("feature_name", pa.string()),
        ("bounds", pa.list_(pa.float64())),
        ("levels", pa.list_(pa.string())),
        ("shares", pa.list_(pa.float64())),
        ("missing_share", pa.float64()),
    ]
)

SCHEMA = pa.schema(
    [
        ("feature_name", pa.string()),
        ("psi", pa.float64()),
        ("missing_share_at_fit", pa.float64()),
        ("missing_share", pa.float64()),
    ]
)


def profile_features(
    customers: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation, names: list[str]
) -> list[dict[str, Any]]:
    """Describe the distribution of each feature, to compare later days with.

    Parameters
    ----------
    customers : duckdb.DuckDBPyRelation
        The customers that personas are fitted on.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    names : list of str
        The features to describe.

    Returns
    -------
    list of dict
        For each feature, as in `PROFILE`: feature_name, bounds (deciles of a number) or levels (of
        a category, or true and false), shares of the bins among the known values, missing_share.
    """
    described = [row for row in read_catalog(customers, catalog) if row["feature_name"] in names]
    found = measure_columns(customers, described, quantiles=DECILES)
    profiles: list[dict[str, Any]] = []
    for row in described:
        statistics = found[row["feature_name"]]
        is_number = row["value_type"] == "numeric"
        levels = [level for level, _ in statistics.levels[:MAX_LEVELS]]
        profiles.append(
            {
                "feature_name": row["feature_name"],
                "bounds": sorted(set(statistics.quantiles)) if is_number else None,
                "levels": None if is_number else levels,
            }
        )
    for profile, (shares, missing) in zip(
        profiles, _count_shares(customers, profiles), strict=True
    ):
        profile |= {"shares": shares, "missing_share": missing}
    return profiles


def measure_drift(customers: duckdb.DuckDBPyRelation, profiles: list[dict[str, Any]]) -> pa.Table:
    """Compare customers with the profile of those that personas were fitted on.

    Parameters
    ----------
    customers : duckdb.DuckDBPyRelation
        Today's customers.
    profiles : list of dict
        From `profile_features`.

    Returns
    -------
    pyarrow.Table
        feature_name; psi (population stability index over ten bins: the sum of (share now - share
        then) * ln(share now / share then); 0 = the same, above 0.25 a different population);
        missing_share_at_fit and missing_share. Features that are gone are left out.
    """
    there = [each for each in profiles if each["feature_name"] in customers.columns]
    rows = []
    for profile, (shares, missing) in zip(there, _count_shares(customers, there), strict=True):
        psi = sum(
            (now - then) * math.log(now / then)
            for now, then in zip(
                _raise_to_least(shares), _raise_to_least(profile["shares"]), strict=True
            )
        )
        rows.append(
            {
                "feature_name": profile["feature_name"],
                "psi": psi,
                "missing_share_at_fit": profile["missing_share"],
                "missing_share": missing,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def find_drift(
    customers: duckdb.DuckDBPyRelation,
    profiles: list[dict[str, Any]],
    *,
    psi: float,
    missing: float,
) -> list[dict[str, Any]]:
    """Measure drift, and say of each feature whether it is more than is allowed.

    Parameters
    ----------
    customers : duckdb.DuckDBPyRelation
        Today's customers.
    profiles : list of dict
        From `profile_features`.
    psi : float
        Population stability index that is allowed.
    missing : float
        Change of the share of missing values that is allowed.

    Returns
    -------
    list of dict
        The columns of `SCHEMA` and ``is_drifted``.
    """
    found = measure_drift(customers, profiles).to_pylist()
    for each in found:
        change = abs(each["missing_share"] - each["missing_share_at_fit"])
        each["is_drifted"] = each["psi"] > psi or change > missing
    return found


def describe_worst(found: list[dict[str, Any]]) -> str | None:
    """Say which feature has drifted most.

    Parameters
    ----------
    found : list of dict
        From `find_drift`.

    Returns
    -------
    str or None
        A cause to fit again, in words; None where nothing has drifted.
    """
    drifted = [each for each in found if each["is_drifted"]]
    if not drifted:
        return None
    worst = min(drifted, key=lambda each: (-each["psi"], each["feature_name"]))
    more = 100 * (worst["missing_share"] - worst["missing_share_at_fit"])
    return (
        f"the feature {worst['feature_name']} has drifted (PSI {round(worst['psi'], 2)}, "
        f"missing values {round(more, 1)} points more)"
    )


def _count_shares(
    customers: duckdb.DuckDBPyRelation, profiles: list[dict[str, Any]]
) -> list[tuple[list[float], float]]:
    """Count the bins of every feature in one pass: their shares, and that of missing values."""
    if not profiles:
        return []
    counts = ["count(*)"]
    for profile in profiles:
        counts += [f"count({identifier(profile['feature_name'])})", _write_histogram(profile)]
    ((total, *found),) = customers.aggregate(", ".join(counts)).fetchall()
    shares = []
    for profile, known, histogram in zip(profiles, found[::2], found[1::2], strict=True):
        bins = [(histogram or {}).get(key, 0) for key in _list_bins(profile)]
        # what no bin takes: levels that came later
        bins = [*bins, known - sum(bins)]
        shares.append(
            ([each / known if known else 0.0 for each in bins], 1 - known / total if total else 1.0)
        )
    return shares


def _list_bins(profile: dict[str, Any]) -> list[Any]:
    """Give the keys of a histogram: levels, or the upper bounds of bins, the last without one."""
    return profile["levels"] if profile["bounds"] is None else [*profile["bounds"], math.inf]


def _write_histogram(profile: dict[str, Any]) -> str:
    """Write the bins of a feature as one aggregate: a filter for each takes fifty times as long."""
    column = identifier(profile["feature_name"])
    if profile["bounds"] is None:
        levels = ", ".join(literal(level) for level in profile["levels"]) or "null"
        text = f"cast({column} as varchar)"
        return f"histogram(case when {text} in ({levels}) then {text} end)"
    bounds = ", ".join(["cast('inf' as double)", *map(number, profile["bounds"])])
    return f"histogram({write_measurement(column)}, [{bounds}])"


def _raise_to_least(shares: list[float]) -> list[float]:
    return [max(share, LEAST_SHARE) for share in shares]
