"""Rows are read once, in one order, whatever is asked of them."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from small_targets import DATES, catalog, declared, features, labels

from customer_personas.features.encoding import Encoding, fit_encoding
from customer_personas.prediction.data import rows as module
from customer_personas.prediction.data.rows import read_rows


@pytest.fixture(scope="module")
def read():
    connection = duckdb.connect()
    table = features(60)
    labelled = connection.from_arrow(labels(table, ["no", "yes"]))
    relation = connection.from_arrow(table)
    rows = read_rows(relation, labelled, "will_purchase", "future", 60_000, 7)
    return rows, fit_encoding(relation, catalog(connection, table))


def test_rows_are_those_of_customers_and_dates_in_order(read):
    rows, _ = read
    keys = list(zip(rows.customers, rows.days, strict=True))
    assert keys == sorted(keys) and len(set(keys)) == len(keys) == 60 * 9
    assert not (rows.labelled & rows.as_of).any()
    assert len(set(zip(rows.customers, rows.parts, strict=True))) == 60


def test_inputs_are_the_same_however_they_are_asked_for(read, monkeypatch):
    rows, encoding = read
    expected, _ = encoding.matrix(rows.relation(), ["row_number"])
    assert np.array_equal(rows.matrix(encoding), expected)
    mask = np.arange(len(expected)) % 3 == 1
    assert np.array_equal(rows.matrix(encoding, mask), expected[mask])
    reverse = encoding.keep(encoding.names[2:5])
    assert np.array_equal(rows.matrix(reverse), expected[:, 2:5])
    monkeypatch.setattr(module, "MOST_INPUTS_KEPT", 3)
    rows.inputs.clear()
    for _ in range(2):
        assert np.array_equal(rows.matrix(reverse), expected[:, 2:5])
        assert np.array_equal(rows.matrix(encoding), expected)
    assert rows.matrix(encoding.keep([]), mask).shape == (mask.sum(), 0)


@pytest.mark.parametrize("transform", ["none", "log1p", "sqrt", "log"])
def test_what_fills_the_gaps_is_what_the_engine_would_fill_in(read, transform):
    rows, encoding = read
    (number,) = [each for each in encoding.inputs if each.name == "recency_days"]
    number = replace(number, transform=transform, low=max(number.low, 1.0))
    rows.inputs.clear()
    for fill in (-5.0, 7.3, 1e6):
        filled = Encoding((replace(number, fill=fill),))
        expected, _ = filled.matrix(rows.relation(), ["row_number"])
        assert np.array_equal(rows.matrix(filled), expected)
    assert len(rows.inputs) == 1 and np.isnan(next(iter(rows.inputs.values()))).any()


def test_a_sample_takes_customers_with_all_their_rows():
    connection = duckdb.connect()
    table = features(60)
    relation = connection.from_arrow(table)
    labelled = connection.from_arrow(labels(table, ["no", "yes"]))
    rows = read_rows(relation, labelled, "will_purchase", "future", 200, 7)
    _, counts = np.unique(rows.customers, return_counts=True)
    assert set(counts) == {9} and 190 <= len(rows.customers) <= 200


@pytest.mark.parametrize("every", [2, 5])
def test_inputs_are_fitted_to_the_rows_as_if_there_were_no_others(read, every):
    rows, encoding = read
    mask = np.arange(len(rows.labels)) % every == 0
    connection = duckdb.connect()
    own = fit_encoding(rows.relation(mask), catalog(connection, features(5)))
    fitted = rows.fit_encoding(encoding, mask)
    expected = {each.name: each for each in own.inputs}
    assert fitted.names == [name for name in encoding.names if name in expected]
    for each in fitted.inputs:
        if each.kind == "number":
            found = [each.low, each.fill, each.high]
            known = expected[each.name]
            assert found == pytest.approx([known.low, known.fill, known.high], rel=1e-5)
    alike = Encoding(tuple(expected[name] for name in fitted.names))
    assert np.allclose(rows.matrix(fitted, mask), rows.matrix(alike, mask), rtol=1e-5)


def test_what_other_rows_say_moves_no_input(read):
    rows, encoding = read
    early = rows.days < np.sort(rows.days)[len(rows.days) // 2]
    later = fit_encoding(rows.relation(~early), catalog(duckdb.connect(), features(5)))
    assert rows.fit_encoding(later, early).keep(encoding.names) == rows.fit_encoding(
        encoding, early
    ).keep(later.names)


def test_a_feature_keeps_an_input_where_none_varies(read):
    rows, encoding = read
    device = encoding.keep([name for name in encoding.names if name.startswith("device")])
    one = np.zeros(len(rows.labels), dtype=bool)
    one[0] = True
    assert rows.fit_encoding(device, one).names == device.names


def read_declared(connection, counts, seed, rows=9999):
    """Read customers of whom so many have declared each label."""
    names = [name for name, count in counts.items() for _ in range(count)]
    table = declared(features(len(names), DATES[:1]).slice(0, len(names)))
    labelled = table.select(["customer_id", "observation_date"])
    labelled = labelled.append_column("target", pa.array(["need"] * len(names)))
    labelled = labelled.append_column("label", pa.array(names))
    relations = connection.from_arrow(table), connection.from_arrow(labelled)
    return read_rows(*relations, "need", "declared", rows, seed)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "counts",
    [
        {"no": 190, "yes": 10},
        {"no": 400, "yes": 60, "perhaps": 20, "later": 8},
        {f"need {number}": 20 for number in range(15)},
    ],
)
def test_no_class_is_missing_where_declared_labels_learn_or_judge(counts, seed):
    rows = read_declared(duckdb.connect(), counts, seed)
    judges = rows.fifths == 4
    for name, count in counts.items():
        own = rows.labels == name
        dealt = [
            np.sum(own & judges),
            *(np.sum(own & ~judges & (rows.parts == n)) for n in range(3)),
        ]
        expected = [count / 5, *[count * 4 / 15] * 3]
        assert min(dealt) > 0
        if len(counts) < 5:
            # by lot a count strays by its root, and the worst of sixteen by twice as much
            strays = np.abs(np.subtract(dealt, expected)) / np.sqrt(expected)
            assert strays.max() <= 1.2, (name, dealt)
