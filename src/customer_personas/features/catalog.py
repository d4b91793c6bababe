"""The feature catalogue: which columns of a relation are features, and of what kind."""

from typing import Any

import duckdb

from customer_personas.sql import query


def read_catalog(
    features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation
) -> list[dict[str, Any]]:
    """List the features of the catalogue that the relation has, in a fixed order.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        The features.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue, or the rows of it that a model may use.

    Returns
    -------
    list of dict
        Rows of the catalogue, by family and name: feature_name, value_type (``numeric``,
        ``boolean`` or ``category``), transform, family, unit, label (empty where the relation
        has none) and is_published (true where it has none).
    """
    label = "coalesce(label, '')" if "label" in catalog.columns else "''"
    shown = "is_published" if "is_published" in catalog.columns else "true as is_published"
    rows = query(
        catalog,
        "catalog",
        "select feature_name, value_type, transform, coalesce(family, '') as family, "
        f"coalesce(unit, '') as unit, {label} as label, {shown} from catalog "
        "order by family, feature_name",
    )
    columns = set(features.columns)
    return [row for row in rows.to_arrow_table().to_pylist() if row["feature_name"] in columns]
