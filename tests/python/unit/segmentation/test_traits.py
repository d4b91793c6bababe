"""Traits say how members of a persona differ from everybody."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import features_of, relations

from customer_personas.segmentation.traits import measure_traits


def test_means_shares_and_z_scores_are_those_of_the_members():
    connection = duckdb.connect()
    spend = np.concatenate([np.full(50, 10.0), np.full(50, 30.0)])
    table = features_of(spend[:, None], names=["spend"])
    for name, column in {
        "device": pa.array(["phone"] * 50 + ["desk"] * 25 + [None] * 25),
        "consent": pa.array([True] * 25 + [False] * 75),
        "nothing": pa.nulls(100, pa.float64()),
    }.items():
        table = table.append_column(name, column)
    features, catalog, *_ = relations(
        connection, table, types={"device": "category", "consent": "boolean"}
    )
    members = connection.from_arrow(
        pa.table(
            {
                "customer_id": table["customer_id"],
                "persona_id": ["P001"] * 50 + ["P002"] * 50,
            }
        )
    )
    rows = measure_traits(features, members, catalog).to_pylist()
    found = {(row["persona_id"], row["feature_name"], row["feature_level"]): row for row in rows}
    spent = found["P001", "spend", None]
    assert (spent["mean"], spent["median"], spent["overall_mean"]) == (10, 10, 20)
    # all of the variance lies between the two
    assert spent["z_score"] == pytest.approx(-1)
    assert found["P002", "spend", None]["z_score"] == pytest.approx(1)
    assert found["P001", "consent", None]["mean"] == 0.5
    assert found["P002", "device", "desk"]["mean"] == 1
    assert found["P002", "device", "desk"]["known_count"] == 25
    assert found["P001", "device", "desk"]["mean"] == 0
    assert "nothing" not in {feature for _, feature, _ in found}


def test_nobody_has_no_traits():
    connection = duckdb.connect()
    features, catalog, *_ = relations(connection, features_of(np.zeros((0, 2))))
    members = connection.sql("select '' as customer_id, '' as persona_id where false")
    assert measure_traits(features, members, catalog).num_rows == 0
