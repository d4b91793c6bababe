"""Numbers that are published of nobody, in steps that are no secret.

Whatever is told customer by customer and rests on such a number (a probability, a persona, the
confidence in it) is as good as the number for whoever knows all else of the customer. So scores
know these numbers in steps; models learn from, and are judged by, the numbers as they are.
"""

from collections.abc import Collection

import duckdb

from customer_personas.sql import identifier


def unpublished_numbers(catalog: duckdb.DuckDBPyRelation) -> list[str]:
    """List the numbers of which no customer's own value is told.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.

    Returns
    -------
    list of str
        Names of features, in order; none where the catalogue does not say what is published.
    """
    if "is_published" not in catalog.columns:
        return []
    unpublished = catalog.filter("not is_published and value_type = 'numeric'")
    return [name for (name,) in unpublished.project("feature_name").order("all").fetchall()]


def take_steps(
    features: duckdb.DuckDBPyRelation, unpublished: Collection[str]
) -> duckdb.DuckDBPyRelation:
    """Put the steps in the place of numbers that are published of nobody.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer.
    unpublished : collection of str
        Names of these numbers; those that the relation lacks do no harm.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The same rows and columns.
    """
    steps = [
        f"{write_step(name)} as {identifier(name)}"
        for name in unpublished
        if name in features.columns
    ]
    return features.project(f"* replace ({', '.join(steps)})") if steps else features


def write_step(feature: str) -> str:
    """Write the step that a number is in.

    Parameters
    ----------
    feature : str
        Name of the feature.

    Returns
    -------
    str
        SQL of the value with one significant digit; of ages that of the age band, which
        ``marts.customers`` tells.
    """
    value = f"cast({identifier(feature)} as double)"
    if feature == "age_years":
        return f"round(least(greatest({value}, 18), 69), -1)"
    size = f"power(10, floor(log10(abs({value}))))"
    return f"case when {value} = 0 then {value} else round({value} / {size}) * {size} end"
