import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import features_of, relations

from customer_personas.features.drift import measure_drift, profile_features


@pytest.fixture
def connection():
    return duckdb.connect()


def company(values, levels):
    table = features_of(values[:, None], names=["spend"])
    return table.append_column("kind", pa.array(levels, pa.string()))


def drift(connection, then, now):
    customers, catalog, *_ = relations(connection, then, types={"kind": "category"})
    profiles = profile_features(customers, catalog, ["spend", "kind"])
    rows = measure_drift(connection.from_arrow(now), profiles).to_pylist()
    return {row["feature_name"]: row for row in rows}


def test_the_same_customers_have_not_drifted(connection):
    values = np.random.default_rng(0).exponential(size=1000)
    table = company(values, ["a", "b", None, "b"] * 250)
    found = drift(connection, table, table)
    assert found["spend"]["psi"] == found["kind"]["psi"] == 0
    assert found["kind"]["missing_share"] == found["kind"]["missing_share_at_fit"] == 0.25


def test_psi_is_that_of_the_textbook(connection):
    # half in each of two levels; later a tenth and nine tenths
    then = company(np.arange(1000.0), ["a", "b"] * 500)
    now = company(np.arange(1000.0), ["a"] + ["b"] * 9 + (["a"] + ["b"] * 9) * 99)
    expected = (0.1 - 0.5) * np.log(0.1 / 0.5) + (0.9 - 0.5) * np.log(0.9 / 0.5)
    assert drift(connection, then, now)["kind"]["psi"] == pytest.approx(expected)


def test_a_shift_a_new_level_and_gaps_are_seen(connection):
    values = np.random.default_rng(0).normal(size=1000)
    then = company(values, ["a", "b"] * 500)
    now = company(values + 1, ["a", "new"] * 500)
    found = drift(connection, then, now)
    assert found["spend"]["psi"] > 0.5
    assert found["kind"]["psi"] > 0.5
    gaps = company(values, [None, "a", "b", None] * 250)
    assert drift(connection, then, gaps)["kind"]["missing_share"] == 0.5
    assert drift(connection, then, gaps)["kind"]["psi"] == pytest.approx(0)


def test_numbers_that_became_texts_are_missing_and_gone_features_left_out(connection):
    then = company(np.arange(1000.0), ["a", "b"] * 500)
    now = then.set_column(2, "spend", pa.array(["much"] * 1000)).drop_columns(["kind"])
    found = drift(connection, then, now)
    assert list(found) == ["spend"]
    # a value is there, and it is none of the numbers
    assert found["spend"]["psi"] > 1


def test_nobody_left_is_no_error(connection):
    then = company(np.arange(1000.0), ["a", "b"] * 500)
    assert drift(connection, then, then.slice(0, 0))["spend"]["missing_share"] == 1
