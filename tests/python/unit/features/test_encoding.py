"""The encoding gives a model the same numbers when fitting and when scoring."""

import json

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from customer_personas.features.encoding import Encoding, fit_encoding


@pytest.fixture
def connection():
    return duckdb.connect()


def catalog(connection, rows):
    """Build a catalogue from (feature_name, value_type, transform)."""
    names, types, transforms = zip(*rows, strict=True)
    table = pa.table(
        {
            "feature_name": names,
            "value_type": types,
            "transform": transforms,
            "family": ["family"] * len(rows),
            "unit": [""] * len(rows),
        }
    )
    return connection.from_arrow(table)


def features(connection, columns, rows=1000):
    """Build features from expressions over a row number i."""
    return connection.sql(
        f"select i::varchar as customer_id, date '2024-01-01' as observation_date, {columns} "
        f"from range({rows}) t (i)"
    )


def encoded(encoding, relation):
    X, _ = encoding.matrix(relation, ["customer_id"])
    return {name: X[:, position] for position, name in enumerate(encoding.names)}


def test_numbers_are_winsorised_filled_and_logged(connection):
    relation = features(connection, "case when i % 4 > 0 then i end as x")
    encoding = fit_encoding(relation, catalog(connection, [("x", "numeric", "log1p")]))
    values = encoded(encoding, relation)
    known = np.array([i for i in range(1000) if i % 4])
    low, high = np.quantile(known, [0.01, 0.99], method="inverted_cdf")
    assert np.isclose(np.expm1(values["x"].min()), low, rtol=1e-6)
    assert np.isclose(np.expm1(values["x"].max()), high, rtol=1e-6)
    missing = values["x_is_missing"] == 1
    assert missing.sum() == 250
    assert np.unique(values["x"][missing]).size == 1
    assert np.isclose(np.expm1(values["x"][missing][0]), np.quantile(known, 0.5), atol=1)


def test_logarithm_keeps_the_sign(connection):
    relation = features(connection, "i - 500 as x")
    encoding = fit_encoding(relation, catalog(connection, [("x", "numeric", "log1p")]))
    x = encoded(encoding, relation)["x"]
    assert x.min() < -6 and x.max() > 6
    assert encoding.inputs[0].in_units(x.min()) == pytest.approx(encoding.inputs[0].low, rel=1e-5)


def test_inputs_are_single_precision(connection):
    relation = features(connection, "i / 7 as x")
    encoding = fit_encoding(relation, catalog(connection, [("x", "numeric", "log1p")]))
    x = encoded(encoding, relation)["x"]
    assert (x == x.astype(np.float32)).all()


@pytest.mark.parametrize(
    ("column", "value_type", "reason"),
    [
        ("null::integer", "numeric", "no value"),
        ("null", "boolean", "no value"),
        ("null::varchar", "category", "no value"),
        ("7", "numeric", "one value in 99 % of the rows or more"),
        ("case when i < 3 then i else 0 end", "numeric", "one value in 99 % of the rows or more"),
        ("'same'", "category", "one value in 99 % of the rows or more"),
        ("true", "boolean", "one value in 99 % of the rows or more"),
        ("'level ' || i", "category", "one value in 99 % of the rows or more"),
        ("case when i < 5 then i end", "numeric", "a value in 1 % of the rows or fewer"),
    ],
)
def test_features_without_information_are_left_out(connection, column, value_type, reason):
    relation = features(connection, f"{column} as x")
    encoding = fit_encoding(relation, catalog(connection, [("x", value_type, "none")]))
    assert encoding.inputs == ()
    assert [each["feature"] for each in encoding.left_out] == ["x"]
    if column != "'level ' || i":
        assert encoding.left_out[0]["reason"] == reason


def test_features_missing_together_share_an_indicator(connection):
    relation = features(
        connection,
        "case when i % 2 = 0 then i end as a, case when i % 2 = 0 then -i end as b, "
        "case when i % 3 = 0 then i end as c",
    )
    rows = [(name, "numeric", "none") for name in "abc"]
    names = fit_encoding(relation, catalog(connection, rows)).names
    assert names == ["a", "a_is_missing", "b", "c", "c_is_missing"]


def test_awkward_names_and_levels_work(connection):
    relation = features(
        connection,
        """
        i as "category_share_home & garden", i % 7 as "a.b", i % 3 = 0 as "是 否's",
        ['O''Neil', '中文', 'o.neil', ''][1 + i % 4] as "kind of; 'x'"
        """,
    )
    rows = [
        ("category_share_home & garden", "numeric", "none"),
        ("a.b", "numeric", "none"),
        ("是 否's", "boolean", "none"),
        ("kind of; 'x'", "category", "none"),
    ]
    encoding = fit_encoding(relation, catalog(connection, rows))
    values = encoded(encoding, relation)
    assert len(encoding.features) == 4
    assert len({name.lower() for name in encoding.names}) == len(encoding.inputs) == 7
    assert all(name.replace("_", "").isalnum() for name in encoding.names)
    levels = [each.name for each in encoding.inputs if each.kind == "level"]
    assert all(values[name].sum() == 250 for name in levels)


def test_json_gives_the_same_encoding(connection):
    relation = features(
        connection, "case when i % 3 > 0 then i / 7 end as x, i % 2 = 0 as y, 'l' || i % 5 as z"
    )
    rows = [("x", "numeric", "log1p"), ("y", "boolean", "none"), ("z", "category", "none")]
    encoding = fit_encoding(relation, catalog(connection, rows))
    assert Encoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_values_never_seen_are_encoded(connection):
    entries = catalog(connection, [("x", "numeric", "log1p"), ("z", "category", "none")])
    encoding = fit_encoding(features(connection, "i as x, 'l' || i % 5 as z"), entries)
    unseen = features(
        connection,
        "['nan'::double, 'inf'::double, '-inf'::double, null][1 + i] as x, 'new' as z",
        4,
    )
    X, _ = encoding.matrix(unseen, ["customer_id"])
    assert np.isfinite(X).all()
    assert X[:, 1:].sum() == 0
