"""Made-up customers with known groups, as segmentation reads them."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

DAY = date(2024, 1, 1)
RULES = (
    "select 'Buyers' as rfm_segment, 1 as r_min, 5 as r_max, 1 as f_min, 3 as f_max, 1 as m_min, "
    "5 as m_max union all select 'Best', 1, 5, 4, 5, 1, 5"
)


def blobs(sizes, *, width=4, spread=0.4, seed=0):
    """Groups of the sizes given, each high in one column of its own and the last in none."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    corners = 3 * np.vstack([np.eye(width), np.zeros((1, width))])
    return corners[group] + spread * rng.normal(size=(len(group), width)), group


def features_of(values, *, day=DAY, ids=None, names=None):
    """A table of features with one row per customer and one column per column of values."""
    names = names or [f"x{position}" for position in range(values.shape[1])]
    numbers = range(len(values)) if ids is None else ids
    columns = {
        "customer_id": [f"{number:06}" for number in numbers],
        "observation_date": [day] * len(values),
    }
    return pa.table(columns | {name: values[:, place] for place, name in enumerate(names)})


def relations(connection, table, *, types=None, families=None, transforms=None):
    """What segmentation reads: features, catalogue, feature sets, rules and later purchases."""
    names = [name for name in table.column_names if name not in ("customer_id", "observation_date")]
    families = families or {}
    catalog = pa.table(
        {
            "feature_name": pa.array(names, pa.string()),
            "family": pa.array([families.get(name, "family") for name in names], pa.string()),
            "unit": pa.array([""] * len(names), pa.string()),
            "value_type": pa.array(
                [(types or {}).get(name, "numeric") for name in names], pa.string()
            ),
            "transform": pa.array(
                [(transforms or {}).get(name, "none") for name in names], pa.string()
            ),
            "in_segmentation": pa.array([True] * len(names), pa.bool_()),
        }
    )
    kinds = sorted({families.get(name, "family") for name in names}) or ["family"]
    sets = pa.table({"feature_set": ["everything"] * len(kinds), "family": kinds})
    return (
        connection.from_arrow(table),
        connection.from_arrow(catalog),
        connection.from_arrow(sets),
        connection.sql(RULES),
        purchases(connection, []),
    )


def purchases(connection: duckdb.DuckDBPyConnection, rows):
    """What was bought later: rows of customer, date, category and amount."""
    customers, days, categories, amounts = zip(*rows, strict=True) if rows else ([], [], [], [])
    return connection.from_arrow(
        pa.table(
            {
                "customer_id": pa.array(customers, pa.string()),
                "observation_date": pa.array(days, pa.date32()),
                "product_category": pa.array(categories, pa.string()),
                "net_amount": pa.array(amounts, pa.float64()),
                "sale_amount": pa.array(amounts, pa.float64()),
            }
        )
    )
